//! Tokens: what a controller presents to see a screen that asks for one. A token is random and long, so its
//! SHA-256 is all that is kept: there is nothing to guess. `mingping screen` writes the file, the server reads
//! it again whenever it changed.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use subtle::{Choice, ConstantTimeEq as _};

use super::{arrivals::write_privately, platform::Stat};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    digest::Digest,
    time::UtcMillis,
};

/// Characters of a token; each holds five random bits.
pub const TOKEN_LEN: usize = 26;
/// Lower case without `i l o u`: read aloud or copied by hand they are mistaken for others.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Most tokens of one screen: one for each face, and some to change over.
pub const MAX_TOKENS: usize = 64;
/// The largest file that is read, bytes: 5000 screens with some tokens each.
const MAX_FILE: u64 = 4 << 20;

/// A token as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// SHA-256 of what was handed out.
    pub digest: Digest,
    /// When that was.
    pub issued: UtcMillis,
}

impl Token {
    /// What people call it: the first eight hex digits of its digest, which tell nothing of the token.
    pub fn name(&self) -> String {
        self.digest.short_hex()[..8].to_owned()
    }
}

/// The tokens of all screens.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tokens(BTreeMap<Box<str>, Vec<Token>>);

impl Tokens {
    /// One token that the test knows.
    #[cfg(test)]
    pub(crate) fn with(screen: &str, token: &str) -> Self {
        let token = Token { digest: Digest::of(token.as_bytes()), issued: UtcMillis(0) };
        Self(BTreeMap::from([(screen.into(), vec![token])]))
    }

    /// Reads `state/tokens`; a missing file holds none.
    pub fn load(state: &Path) -> io::Result<Self> {
        let file = match fs::File::open(state.join("tokens")) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(e),
        };
        let mut text = String::new();
        file.take(MAX_FILE).read_to_string(&mut text)?;
        Self::parse(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not as it was written"))
    }

    /// A line for each: `<digest> <issued ms> <screen>`.
    fn parse(text: &str) -> Option<Self> {
        let mut tokens = Self::default();
        for line in text.lines() {
            let (digest, rest) = line.split_once(' ')?;
            let (issued, screen) = rest.split_once(' ')?;
            let token = Token { digest: Digest::parse(digest)?, issued: UtcMillis(issued.parse().ok()?) };
            tokens.0.entry(screen.into()).or_default().push(token);
        }
        Some(tokens)
    }

    /// Writes `state/tokens` so that nobody but its owner can read it.
    pub fn save(&self, state: &Path) -> io::Result<()> {
        let lines = self.0.iter().flat_map(|(screen, tokens)| {
            tokens.iter().map(move |token| format!("{} {} {screen}\n", token.digest, token.issued.0))
        });
        write_privately(&state.join("tokens"), lines.collect::<String>().as_bytes())
    }

    /// A new token for `screen` out of `random`; `None` if it has [`MAX_TOKENS`] already. What is returned is
    /// nowhere else.
    pub fn issue(&mut self, screen: &str, random: [u8; TOKEN_LEN], now: UtcMillis) -> Option<String> {
        let tokens = self.0.entry(screen.into()).or_default();
        if tokens.len() >= MAX_TOKENS {
            return None;
        }
        let token: String = random.iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect();
        tokens.push(Token { digest: Digest::of(token.as_bytes()), issued: now });
        Some(token)
    }

    /// Takes back the token of `screen` with this name, or all of them; returns how many.
    pub fn revoke(&mut self, screen: &str, name: Option<&str>) -> usize {
        let Some(tokens) = self.0.get_mut(screen) else { return 0 };
        let before = tokens.len();
        tokens.retain(|token| name.is_some_and(|name| token.name() != name));
        let revoked = before - tokens.len();
        self.0.retain(|_, tokens| !tokens.is_empty());
        revoked
    }

    /// The tokens of `screen`, oldest first.
    pub fn of(&self, screen: &str) -> &[Token] {
        self.0.get(screen).map_or(&[], Vec::as_slice)
    }

    /// Screens that have tokens.
    pub fn screens(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|screen| &**screen)
    }

    /// Whether `presented` is the digest of a token of `screen`. Takes the same time wherever they differ.
    pub fn allow(&self, screen: &str, presented: &Digest) -> bool {
        let equal = |token: &Token| token.digest.0.ct_eq(&presented.0);
        self.of(screen).iter().fold(Choice::from(0), |found, token| found | equal(token)).into()
    }

    /// The screen of which `presented` is the digest of a token. Looks at every token.
    pub fn screen_of(&self, presented: &Digest) -> Option<&str> {
        let mut found = None;
        for screen in self.0.keys() {
            if self.allow(screen, presented) {
                found = Some(&**screen);
            }
        }
        found
    }
}

/// The file of tokens as the server knows it.
#[derive(Debug, Default)]
pub struct TokenFile {
    state: Option<PathBuf>,
    seen: Option<Stat>,
    tokens: Arc<Tokens>,
    fault: Option<Diagnostic>,
}

impl TokenFile {
    /// The file in the folder `state`; without one there are no tokens.
    pub fn new(state: Option<PathBuf>) -> Self {
        Self { state, ..Self::default() }
    }

    /// Reads it if it changed. A file that cannot be read lets nobody in: it may have been written to take a
    /// token back.
    pub fn look(&mut self) {
        let Some(state) = &self.state else { return };
        let path = state.join("tokens");
        let stat = fs::metadata(&path).ok().map(|meta| Stat::of(&meta));
        if stat == self.seen && self.fault.is_none() {
            return;
        }
        self.seen = stat;
        let read = Tokens::load(state);
        self.fault = read.as_ref().err().map(|e| {
            let args = [path.display().to_string(), e.to_string()];
            Diagnostic::fault(Place::default(), Msg::TokensUnreadable, args)
        });
        let tokens = read.unwrap_or_default();
        if tokens != *self.tokens {
            self.tokens = Arc::new(tokens);
        }
    }

    /// The tokens that are good now.
    pub fn tokens(&self) -> &Arc<Tokens> {
        &self.tokens
    }

    /// What is wrong with the file.
    pub fn fault(&self) -> Option<&Diagnostic> {
        self.fault.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// A file that is damaged anywhere is refused, or is one of fewer tokens; never one of others.
        #[test]
        fn no_damage_to_the_file_makes_a_token(at in 0usize..400, with: char) {
            let mut tokens = Tokens::default();
            for (screen, n) in [("gate", 1), ("gate", 2), ("大门", 3)] {
                tokens.issue(screen, random(n), UtcMillis(5)).unwrap();
            }
            let lines = |tokens: &Tokens| -> Vec<Digest> {
                tokens.screens().flat_map(|screen| tokens.of(screen)).map(|token| token.digest).collect()
            };
            let text: Vec<String> = tokens
                .screens()
                .flat_map(|screen| tokens.of(screen).iter().map(move |token| format!("{} 5 {screen}\n", token.digest)))
                .collect();
            let mut chars: Vec<char> = text.concat().chars().collect();
            let at = at % chars.len();
            let digest_hit = chars[at] != with && at % 72 < 64;
            chars[at] = with;
            if let Some(read) = Tokens::parse(&chars.into_iter().collect::<String>()) {
                let known = lines(&tokens);
                let others = lines(&read).iter().filter(|digest| !known.contains(digest)).count();
                prop_assert!(others <= 1 && (others == 0 || digest_hit), "{others}");
            }
        }
    }

    fn random(n: u8) -> [u8; TOKEN_LEN] {
        std::array::from_fn(|i| n.wrapping_mul(31).wrapping_add(i as u8 * 7))
    }

    fn allows(tokens: &Tokens, screen: &str, token: &str) -> bool {
        tokens.allow(screen, &Digest::of(token.as_bytes()))
    }

    #[test]
    fn a_token_opens_its_own_screen_until_it_is_revoked() {
        let mut tokens = Tokens::default();
        let first = tokens.issue("大门", random(1), UtcMillis(5)).unwrap();
        let second = tokens.issue("大门", random(2), UtcMillis(6)).unwrap();
        let other = tokens.issue("hall", random(3), UtcMillis(7)).unwrap();
        assert_eq!((first.len(), first == second), (TOKEN_LEN, false));
        assert!(allows(&tokens, "大门", &first) && allows(&tokens, "大门", &second));
        assert!(!allows(&tokens, "hall", &first) && !allows(&tokens, "大门", &other));
        assert!(!allows(&tokens, "大门", "") && !allows(&tokens, "nowhere", &first));
        assert_eq!(tokens.screen_of(&Digest::of(other.as_bytes())), Some("hall"));
        let name = tokens.of("大门")[0].name();
        assert_eq!(tokens.revoke("hall", Some(&name)), 0, "it is not one of that screen");
        assert_eq!(tokens.revoke("大门", Some(&name)), 1);
        assert!(!allows(&tokens, "大门", &first) && allows(&tokens, "大门", &second));
        assert_eq!(tokens.revoke("大门", None), 1);
        assert!(!allows(&tokens, "大门", &second));
        assert_eq!(tokens.screens().collect::<Vec<_>>(), ["hall"]);
    }

    #[test]
    fn only_digests_are_written_and_only_the_owner_reads_them() {
        let dir = tempfile::tempdir().unwrap();
        let mut tokens = Tokens::default();
        let token = tokens.issue("gate", random(1), UtcMillis(5)).unwrap();
        tokens.save(dir.path()).unwrap();
        let text = fs::read_to_string(dir.path().join("tokens")).unwrap();
        assert!(!text.contains(&token) && text.ends_with(" 5 gate\n"), "{text}");
        assert_eq!(Tokens::load(dir.path()).unwrap(), tokens);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(dir.path().join("tokens")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_changed_file_is_noticed_and_a_broken_one_lets_nobody_in() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = TokenFile::new(Some(dir.path().to_owned()));
        file.look();
        assert_eq!((&**file.tokens(), file.fault()), (&Tokens::default(), None));
        let mut tokens = Tokens::default();
        tokens.issue("gate", random(1), UtcMillis(5)).unwrap();
        tokens.save(dir.path()).unwrap();
        file.look();
        assert_eq!(**file.tokens(), tokens);
        let before = Arc::clone(file.tokens());
        file.look();
        assert!(Arc::ptr_eq(&before, file.tokens()), "nothing changed");
        fs::write(dir.path().join("tokens"), "deadbeef 1 gate\n").unwrap();
        file.look();
        assert_eq!(**file.tokens(), Tokens::default());
        assert_eq!(file.fault().unwrap().msg, Msg::TokensUnreadable);
        tokens.save(dir.path()).unwrap();
        file.look();
        assert_eq!((&**file.tokens(), file.fault()), (&tokens, None));
    }

    #[test]
    fn a_screen_has_so_many_tokens_at_most() {
        let mut tokens = Tokens::default();
        for n in 0..MAX_TOKENS {
            assert!(tokens.issue("gate", random(n as u8), UtcMillis(0)).is_some());
        }
        assert_eq!(tokens.issue("gate", random(200), UtcMillis(0)), None);
    }
}
