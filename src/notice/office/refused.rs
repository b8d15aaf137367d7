//! Why a document is refused, before it is known which file it is.

use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    notice::bounds,
};

/// A message, what stands in it, and the line that it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Refused {
    pub(super) msg: Msg,
    pub(super) args: Vec<String>,
    /// A paragraph or table row of a Word file, a row of a sheet; 1-based.
    pub(super) line: Option<u32>,
}

/// What reading a document gives.
pub(super) type Read<T> = Result<T, Refused>;

impl Refused {
    pub(super) fn new(msg: Msg, args: impl IntoIterator<Item = impl ToString>) -> Self {
        Self { msg, args: args.into_iter().map(|arg| arg.to_string()).collect(), line: None }
    }

    /// The file is damaged, or not what its name says.
    pub(super) fn broken(why: impl ToString) -> Self {
        Self::new(Msg::DocumentBroken, [why])
    }

    /// More than the bound `may` of `what`.
    pub(super) fn too_large(what: &str, has: impl ToString + Copy, may: impl ToString + Copy) -> Self {
        Self::new(Msg::DocumentTooLarge, [what.to_owned(), has.to_string(), may.to_string()])
    }

    pub(super) fn at(self, line: u32) -> Self {
        Self { line: self.line.or(Some(line)), ..self }
    }

    /// For the file at `path`.
    pub(super) fn diagnostic(self, path: &str) -> Diagnostic {
        Diagnostic::refusal(place(path, self.line), self.msg, self.args)
    }
}

/// What somebody should look at although the document is shown.
#[derive(Default, Debug)]
pub(super) struct Warnings(Vec<Refused>);

impl Warnings {
    /// The same is told once, and all of it within bounds.
    pub(super) fn add(&mut self, line: Option<u32>, msg: Msg, args: impl IntoIterator<Item = impl ToString>) {
        let warning = Refused { line, ..Refused::new(msg, args) };
        let known = self.0.iter().any(|other| other.msg == msg && other.args == warning.args);
        if !known && self.0.len() < bounds::DIAGNOSTICS {
            self.0.push(warning);
        }
    }

    /// For the file at `path`.
    pub(super) fn diagnostics(self, path: &str) -> Vec<Diagnostic> {
        let warning = |w: Refused| Diagnostic::warning(place(path, w.line), w.msg, w.args);
        self.0.into_iter().map(warning).collect()
    }
}

fn place(path: &str, line: Option<u32>) -> Place {
    line.map_or_else(|| Place::file(path), |line| Place::line(path, line))
}
