//! Pictures, text boxes and other drawings in a Word file, in both of its notations (`DrawingML`, and VML from
//! before 2010).

use super::{Writer, run::Piece};
use crate::{
    diagnostic::{Msg, Place},
    notice::{
        Picture, bounds,
        office::{
            refused::{Read, Refused},
            xml::{Element, is_true},
        },
        picture,
    },
};

/// English metric units to a pixel of 96 to an inch.
const EMU_PER_PIXEL: u64 = 914_400 / 96;

impl Writer<'_, '_> {
    /// `w:drawing`
    pub(super) fn drawing<'e>(&mut self, drawing: &'e Element, out: &mut Vec<Piece<'e>>) -> Read<()> {
        if drawing.find("docPr").and_then(|p| p.attribute("hidden")).is_some_and(is_true) {
            self.warn(Msg::DocumentHidden);
            return Ok(());
        }
        let Some(data) = drawing.find("graphicData") else {
            return self.refuse(Msg::DocumentDrawing, [""; 0]);
        };
        match data.attribute("uri").and_then(|uri| uri.rsplit('/').next()).unwrap_or_default() {
            "picture" => {
                let extent = drawing.find("extent");
                let side = |name| extent.and_then(|e| e.number::<u64>(name)).map(|emu| emu / EMU_PER_PIXEL);
                let cut = data.find("srcRect").is_some_and(|cut| {
                    ["l", "t", "r", "b"]
                        .iter()
                        .any(|side| cut.attribute(side).is_some_and(|part| part != "0"))
                });
                let turned = data.find("xfrm").is_some_and(|form| {
                    form.attribute("rot").is_some_and(|angle| angle != "0")
                        || ["flipH", "flipV"].iter().any(|flip| form.attribute(flip).is_some_and(is_true))
                });
                let id = data.find("blip").and_then(|blip| blip.attribute("embed"));
                self.picture(id, side("cx"), side("cy"), cut || turned, out)
            }
            "wordprocessingShape" => self.shape(data, out),
            "chart" | "chartex" => self.refuse(Msg::DocumentChart, [""; 0]),
            "diagram" => self.refuse(Msg::DocumentChart, [""; 0]),
            _ => self.refuse(Msg::DocumentDrawing, [""; 0]),
        }
    }

    /// `w:pict`
    pub(super) fn vector<'e>(&mut self, drawing: &'e Element, out: &mut Vec<Piece<'e>>) -> Read<()> {
        if drawing.find("group").is_some()
            || drawing.find("textpath").is_some_and(|path| path.attribute("string").is_some())
        {
            return self.refuse(Msg::DocumentDrawing, [""; 0]);
        }
        if drawing.children().any(|shape| shape.attribute("hr").is_some_and(|hr| hr == "t")) {
            out.push(Piece::Rule);
            return Ok(());
        }
        if let Some(data) = drawing.find("imagedata") {
            let cut = ["croptop", "cropbottom", "cropleft", "cropright"];
            let cut = cut.iter().any(|side| data.attribute(side).is_some_and(|part| part != "0"));
            let style = drawing.children().find_map(|shape| shape.attribute("style")).unwrap_or_default();
            let turned = style.contains("rotation") || style.contains("flip");
            return self.picture(
                data.attribute("id"),
                side_of(style, "width"),
                side_of(style, "height"),
                cut || turned,
                out,
            );
        }
        let shapes = ["shape", "rect", "roundrect", "line", "oval", "polyline", "curve", "arc", "image"];
        if drawing.children().any(|child| shapes.contains(&child.name.as_str())) {
            return self.shape(drawing, out);
        }
        Ok(())
    }

    /// A text box, or an ornament.
    fn shape<'e>(&mut self, shape: &'e Element, out: &mut Vec<Piece<'e>>) -> Read<()> {
        if shape.find("blip").is_some() {
            return self.refuse(Msg::DocumentDrawing, [""; 0]);
        }
        match shape.find("txbxContent") {
            Some(content) => {
                self.warn(Msg::DocumentTextBox);
                out.push(Piece::Box(content));
            }
            None => self.warn(Msg::DocumentShape),
        }
        Ok(())
    }

    /// The picture that the relation `id` names, so many pixels wide and high on the page.
    fn picture(
        &mut self,
        id: Option<&str>,
        width: Option<u64>,
        height: Option<u64>,
        changed: bool,
        out: &mut Vec<Piece<'_>>,
    ) -> Read<()> {
        let least = u64::from(bounds::DOCUMENT_PICTURE_SIDE);
        if let (Some(width), Some(height)) = (width, height)
            && width.min(height) < least
        {
            let line = self.line();
            let args = [format!("{width}x{height}"), least.to_string()];
            self.warnings.add(Some(line), Msg::DocumentPictureTiny, args);
            return Ok(());
        }
        if changed {
            return self.refuse(Msg::DocumentPictureChanged, [""; 0]);
        }
        let part = id.and_then(|id| self.relations.iter().find(|r| r.id == id)).and_then(|r| r.part.clone());
        let Some(part) = part else { return self.refuse(Msg::DocumentPictureOutside, [""; 0]) };
        self.shown += 1;
        if self.shown > bounds::DOCUMENT_PICTURES {
            return Err(Refused::too_large("pictures", self.shown, bounds::DOCUMENT_PICTURES).at(self.line()));
        }
        if !self.pictures.contains_key(&part) {
            let picture = self.decoded(&part)?;
            self.pictures.insert(part.clone(), picture);
            let pixels: u64 = self.pictures.values().map(|picture| picture.size.area()).sum();
            if pixels > bounds::PICTURE_PIXELS {
                return Err(Refused::too_large("pixels", pixels, bounds::PICTURE_PIXELS).at(self.line()));
            }
        }
        out.extend(self.pictures.get(&part).cloned().map(Piece::Picture));
        Ok(())
    }

    fn decoded(&mut self, part: &str) -> Read<Picture> {
        let bytes = self.archive.needed(part)?;
        let extension = part.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if ["emf", "wmf", "emz", "wmz", "svg", "tif", "tiff", "pict", "wdp"].contains(&extension.as_str()) {
            return self.refuse(Msg::DocumentPictureKind, [extension]);
        }
        picture::read(&bytes, &Place::default()).map_err(|found| Refused {
            msg: found.msg,
            args: found.args,
            line: Some(self.line()),
        })
    }
}

/// A length in a VML style, in pixels: `width:120pt`.
fn side_of(style: &str, name: &str) -> Option<u64> {
    let value = style
        .split(';')
        .filter_map(|pair| pair.split_once(':'))
        .find(|(key, _)| key.trim() == name)?
        .1
        .trim();
    let end = value.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = value[..end].parse().ok()?;
    match value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.') {
        "pt" => Some(number.checked_mul(96)? / 72),
        "px" => Some(number),
        "in" => Some(number.checked_mul(96)?),
        _ => None,
    }
}
