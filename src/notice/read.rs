//! One dropped file becomes a [`Notice`], or diagnostics.

use super::{
    Block, Body, Header, Kind, Notice, Office, SignOff, Source, body,
    body::Line,
    bounds,
    charset::{self, Charset},
    clean, date,
    header::{self, Context, Entry, Key, Scope},
    kind, markdown, office,
    office::Paper,
    picture,
    plain::Plain,
    signoff,
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    digest::Digest,
};

/// Reads one dropped file.
///
/// # Errors
/// Everything that is wrong with it, at most [`bounds::DIAGNOSTICS`] diagnostics; what is no notice by its
/// name (a sidecar, a template) is an error too.
pub fn read(source: Source<'_>) -> Result<Notice, Vec<Diagnostic>> {
    match kind::kind(&source.id.file, &source.id.playlist) {
        Kind::Text => read_text(&source, false),
        Kind::Markdown => read_text(&source, true),
        Kind::Picture => read_picture(&source),
        Kind::Document(office) => read_document(&source, office),
        Kind::Unsupported(diagnostic) => Err(vec![diagnostic]),
        Kind::Sidecar(_) | Kind::Defaults | Kind::Ignored => {
            Err(vec![Diagnostic::refusal(place(&source), Msg::NotSupported, [&source.id.file])])
        }
    }
}

fn place(source: &Source<'_>) -> Place {
    Place::file(source.id.to_string())
}

fn context<'a>(source: &Source<'a>) -> Context<'a> {
    Context { zone: source.zone, today: source.today, scope: Scope::Notice }
}

/// The sidecar's path and its lines.
fn sidecar(source: &Source<'_>) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    source.sidecar.map_or(Ok(Vec::new()), |(name, bytes)| {
        header::file_entries(&format!("{}/{name}", source.id.playlist), bytes, source.today)
    })
}

fn read_picture(source: &Source<'_>) -> Result<Notice, Vec<Diagnostic>> {
    let header = sidecar(source).and_then(|entries| header::values(entries, &context(source)));
    let picture = picture::read(source.bytes, &place(source));
    let ((header, warnings), picture) = match (header, picture) {
        (Ok(header), Ok(picture)) => (header, picture),
        (header, picture) => {
            return Err(header.err().into_iter().flatten().chain(picture.err()).collect());
        }
    };
    let title = header.title.clone().unwrap_or_else(|| clean::line(&kind::title_from_name(&source.id.file)));
    if title.is_empty() {
        return Err(vec![Diagnostic::refusal(place(source), Msg::NoTitle, [""; 0])]);
    }
    let digest =
        Digest::of_parts(&[b"picture", header.title.as_deref().unwrap_or_default().as_bytes(), source.bytes]);
    let mut plain = Plain::default();
    plain.header(&header, &source.id.to_string());
    if header.title.is_none() {
        plain.add(&title);
    }
    let sign_off = SignOff::default();
    finish(Notice {
        id: source.id.clone(),
        digest,
        header,
        title,
        body: Body::Picture(picture),
        sign_off,
        plain: plain.text(),
        warnings,
    })
}

fn read_text(source: &Source<'_>, is_markdown: bool) -> Result<Notice, Vec<Diagnostic>> {
    if source.bytes.len() > bounds::TEXT_BYTES {
        let args = [source.bytes.len(), bounds::TEXT_BYTES];
        return Err(vec![Diagnostic::refusal(place(source), Msg::TextTooLarge, args)]);
    }
    let path: std::sync::Arc<str> = source.id.to_string().into();
    let beside = sidecar(source)?;
    let text = decode(source, &beside, &path)?;
    let form = if is_markdown { Form::Markdown } else { Form::Text };
    read_lines(source, beside, &header::lines(&text), &form)
}

fn read_document(source: &Source<'_>, office: Office) -> Result<Notice, Vec<Diagnostic>> {
    let (paper, warnings) = match office::read(source.bytes, office, &source.id.to_string()) {
        Ok(read) => read,
        Err(refused) => return Err(vec![refused]),
    };
    let lines: Vec<&str> = paper.lines.iter().map(|line| line.text.as_str()).collect();
    let mut notice = read_lines(source, sidecar(source)?, &lines, &Form::Document(&paper))?;
    notice.warnings.splice(0..0, warnings);
    notice.warnings.truncate(bounds::DIAGNOSTICS);
    Ok(notice)
}

/// What the lines of a file are.
enum Form<'a> {
    Text,
    Markdown,
    Document(&'a Paper),
}

impl Form<'_> {
    fn is_markdown(&self) -> bool {
        matches!(self, Self::Markdown)
    }

    fn is_blank(&self, line: &Line) -> bool {
        match self {
            Self::Document(paper) => paper.is_blank(line),
            _ => line.text.is_empty(),
        }
    }

    /// Pictures above everything: the title is looked for below them.
    fn pictures_at_start(&self, body: &mut Vec<Line>) -> Vec<Line> {
        let Self::Document(paper) = self else { return Vec::new() };
        let text = body.iter().position(|line| !line.text.is_empty()).unwrap_or(body.len());
        body.drain(..text).filter(|line| paper.is_picture(line)).collect()
    }

    /// Whether the text's first line can be its title, and not a table.
    fn may_begin_with_title(&self, body: &[Line]) -> bool {
        match self {
            Self::Document(paper) => {
                body.iter().find(|line| !paper.is_blank(line)).is_some_and(|line| paper.is_text(line))
            }
            _ => true,
        }
    }

    /// Pictures below everything: the sign-off stands above them.
    fn pictures_at_end(&self, body: &mut Vec<Line>) -> Vec<Line> {
        let Self::Document(paper) = self else { return Vec::new() };
        let text = body.iter().rposition(|line| !line.text.is_empty()).map_or(0, |at| at + 1);
        body.drain(text..).filter(|line| paper.is_picture(line)).collect()
    }

    /// What a digest is of, beside title and lines.
    fn kind(&self, body: &[Line]) -> Vec<u8> {
        match self {
            Self::Markdown => b"markdown".to_vec(),
            // The same as the text file that one could have dropped instead.
            Self::Document(paper) if !paper.is_plain(body) => {
                [b"document".as_slice(), &paper.fingerprint(body)].concat()
            }
            _ => b"text".to_vec(),
        }
    }

    /// The blocks of `body`; their text goes into `plain`.
    fn blocks(&self, body: &[Line], plain: &mut Plain) -> Vec<Block> {
        let numbered = match self {
            Self::Document(paper) => {
                for (number, text) in paper.drawn(body) {
                    plain.put(number, &text);
                }
                return paper.blocks(body);
            }
            Self::Markdown => markdown::blocks(body),
            Self::Text => body::paragraphs(body),
        };
        plain.blocks(&numbered);
        numbered.into_iter().map(|(_, block)| block).collect()
    }
}

/// Lines of a file with the header lines `beside` it.
fn read_lines(
    source: &Source<'_>,
    beside: Vec<Entry>,
    lines: &[&str],
    form: &Form<'_>,
) -> Result<Notice, Vec<Diagnostic>> {
    let refuse = |msg, args: &[usize]| vec![Diagnostic::refusal(place(source), msg, args)];
    let is_markdown = form.is_markdown();
    let path: std::sync::Arc<str> = source.id.to_string().into();
    let located = header::locate(lines, &path, source.today);

    let mut problems = located.problems;
    let entries = located.entries.into_iter().chain(beside).collect();
    let (header, mut warnings) = match header::values(entries, &context(source)) {
        Ok(read) => read,
        Err(errors) => {
            problems.extend(errors);
            (Header::default(), Vec::new())
        }
    };
    if !problems.is_empty() {
        problems.sort_by_key(|d| d.place.line);
        problems.truncate(bounds::DIAGNOSTICS);
        return Err(problems);
    }

    let characters = lines[located.body..].iter().map(|line| line.chars().count()).sum();
    if characters > bounds::BODY_CHARS {
        return Err(refuse(Msg::TooManyCharacters, &[characters, bounds::BODY_CHARS]));
    }
    let mut body: Vec<Line> =
        (located.body..lines.len()).map(|n| Line::read(n as u32 + 1, lines[n])).collect();
    if let (Some(first), Some(line)) = (located.first, body.first_mut()) {
        *line = Line::read(line.number, &first);
    }
    // A header alone is a file that was cut short, not a notice.
    if body.iter().all(|line| form.is_blank(line)) {
        return Err(refuse(Msg::EmptyNotice, &[]));
    }

    let stray = header::stray(&path, body.iter().map(|line| (line.number, line.text.as_str())));
    if !stray.is_empty() {
        return Err(stray);
    }

    let bare_title = located.bare_title.map(|n| (clean::line(lines[n]), n as u32 + 1));
    let own_title = bare_title.as_ref().map(|(title, _)| title).or(header.title.as_ref());
    let text_lines: Vec<&str> = body.iter().map(|line| line.text.as_str()).collect();
    let digest = Digest::of_parts(&[
        &form.kind(&body),
        own_title.map_or("", String::as_str).as_bytes(),
        text_lines.join("\n").trim_matches('\n').as_bytes(),
    ]);

    let above = form.pictures_at_start(&mut body);
    let mut plain = Plain::with_lines(lines.len());
    plain.header(&header, &path);
    let title = if let Some(title) = own_title.cloned() {
        body::drop_repeated_title(&mut body, &title, is_markdown);
        if let Some((title, line)) = bare_title {
            plain.put(line, &title);
        }
        title
    } else {
        let begins = form.may_begin_with_title(&body);
        let mut none = Vec::new();
        let from = if begins { &mut body } else { &mut none };
        let title =
            body::take_title(from, &source.id.file, is_markdown).ok_or_else(|| refuse(Msg::NoTitle, &[]))?;
        match title.line {
            Some(line) => plain.put(line, &title.text),
            None => plain.add(&title.text),
        }
        title.text
    };
    let below = form.pictures_at_end(&mut body);
    let (mut sign_off, signed) = signoff::take(&mut body);
    for (line, text) in signed {
        plain.put(line, &text);
    }
    sign_off.issuer = sign_off.issuer.or_else(|| header.issuer.clone());
    sign_off.date = sign_off.date.or_else(|| header.date.map(date::in_chinese));

    body.splice(0..0, above);
    body.extend(below);
    let blocks = form.blocks(&body, &mut plain);
    for (n, line) in plain.lines().enumerate() {
        for (day, right, written) in date::wrong_weekdays(line) {
            let args = [day.to_string(), right, written];
            warnings.push(Diagnostic::warning(Place::line(&*path, n as u32 + 1), Msg::WeekdayWrong, args));
        }
    }
    warnings.truncate(bounds::DIAGNOSTICS);
    finish(Notice {
        id: source.id.clone(),
        digest,
        header,
        title,
        body: Body::Blocks(blocks),
        sign_off,
        plain: plain.text(),
        warnings,
    })
}

/// Refuses characters that cannot be drawn.
fn finish(notice: Notice) -> Result<Notice, Vec<Diagnostic>> {
    let problems: Vec<Diagnostic> = notice
        .plain_lines()
        .filter_map(|(place, line)| {
            Some(Diagnostic::refusal(place, Msg::ForbiddenCharacter, [clean::forbidden(line)?]))
        })
        .take(bounds::DIAGNOSTICS)
        .collect();
    if problems.is_empty() { Ok(notice) } else { Err(problems) }
}

/// The text, in the encoding that its header or sidecar names, else in the one that is found.
fn decode(
    source: &Source<'_>,
    beside: &[Entry],
    path: &std::sync::Arc<str>,
) -> Result<String, Vec<Diagnostic>> {
    let named = |text: &str| {
        let located = header::locate(&header::lines(text), path, source.today);
        let mut entries = located.entries.iter().chain(beside);
        entries.find(|entry| entry.key == Key::Charset).and_then(|entry| Charset::parse(&entry.value))
    };
    let found = charset::decode(source.bytes);
    let forced = match &found {
        Ok(text) => named(text),
        // Enough can be read of a wrong reading to find the line that says how to read it.
        Err(charset::CharsetError::Nul(_)) => None,
        Err(_) => named(&encoding_rs::GB18030.decode(source.bytes).0)
            .or_else(|| named(&String::from_utf8_lossy(source.bytes))),
    };
    let text = forced.map_or(found, |charset| charset.decode(source.bytes));
    text.map_err(|error| vec![header::unreadable(place(source), error)])
}
