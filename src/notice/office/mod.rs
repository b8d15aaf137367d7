//! Word and Excel files: what Word and Excel show of them, as lines of text, tables and pictures.
//!
//! `archive` opens the file, `xml` reads its parts, `docx` and `xlsx` put what they find on `paper`; `table` knows
//! merged cells and headers, `counting` the numbers of lists, `refused` why it may not be.

mod archive;
mod counting;
mod docx;
mod paper;
mod refused;
mod table;
mod xlsx;
mod xml;

pub(super) use paper::Paper;

use crate::diagnostic::Diagnostic;

/// Which program writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Office {
    /// `.docx`
    Word,
    /// `.xlsx`
    Excel,
}

/// Reads a document; `path` is for diagnostics.
///
/// # Errors
/// The first thing that is wrong with it: a document is shown whole or not at all.
pub(super) fn read(bytes: &[u8], office: Office, path: &str) -> Result<(Paper, Vec<Diagnostic>), Diagnostic> {
    let read = archive::Archive::open(bytes).and_then(|mut archive| match office {
        Office::Word => docx::read(&mut archive),
        Office::Excel => xlsx::read(&mut archive),
    });
    match read {
        Ok((paper, warnings)) => Ok((paper, warnings.diagnostics(path))),
        Err(refused) => Err(refused.diagnostic(path)),
    }
}
