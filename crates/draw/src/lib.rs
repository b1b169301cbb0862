//! Turns a drawing in SVG into a picture or a PDF. The fonts are built in, so that a drawing looks
//! the same on a server that has none.

use std::io::Read;
use std::sync::{Arc, OnceLock};

use flate2::read::DeflateDecoder;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// The family that drawings name.
pub const FAMILY: &str = "Inter";

/// The widest and highest picture, in dots.
const MOST: f32 = 12_000.0;

/// What cannot be drawn, and why.
#[derive(Debug)]
pub struct Undrawn(String);

impl std::fmt::Display for Undrawn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the drawing cannot be made: {}", self.0)
    }
}

impl std::error::Error for Undrawn {}

fn undrawn(error: impl std::fmt::Display) -> Undrawn {
    Undrawn(error.to_string())
}

/// The fonts as the build script packed them.
const FONTS: [&[u8]; 2] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/Inter-Regular.ttf.deflate")),
    include_bytes!(concat!(env!("OUT_DIR"), "/Inter-SemiBold.ttf.deflate")),
];

/// The fonts, read once.
fn fonts() -> Arc<fontdb::Database> {
    static READ: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let made = READ.get_or_init(|| {
        let mut all = fontdb::Database::new();
        for font in FONTS {
            let mut plain = Vec::new();
            // Packed by our own build, so it unpacks; a font that did not would only leave text out.
            if DeflateDecoder::new(font).read_to_end(&mut plain).is_ok() {
                all.load_font_data(plain);
            }
        }
        all.set_sans_serif_family(FAMILY);
        Arc::new(all)
    });
    made.clone()
}

fn tree(svg: &str) -> Result<Tree, Undrawn> {
    let options = Options { fontdb: fonts(), font_family: FAMILY.to_owned(), ..Options::default() };
    Tree::from_str(svg, &options).map_err(undrawn)
}

/// The drawing as a PNG on white, `scale` dots for each of its own units.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, Undrawn> {
    let tree = tree(svg)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = scale.min(MOST / width).min(MOST / height);
    let dots = |length: f32| (length * scale).ceil().max(1.0) as u32;
    let mut picture = Pixmap::new(dots(width), dots(height))
        .ok_or_else(|| undrawn(format!("{width} by {height} is no size for a picture")))?;
    picture.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(undrawn)
}

/// The drawing as a PDF of one page, its text kept as text.
pub fn pdf(svg: &str) -> Result<Vec<u8>, Undrawn> {
    let tree = tree(svg)?;
    let (how, page) = (svg2pdf::ConversionOptions::default(), svg2pdf::PageOptions::default());
    svg2pdf::to_pdf(&tree, how, page).map_err(undrawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWING: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60" width="200" height="60" font-family="Inter"><rect width="100" height="60" fill="#8a5a00"/><text x="110" y="30" font-size="14">Now, Ελλάδα</text></svg>"##;

    fn dots(png: &[u8]) -> Pixmap {
        Pixmap::decode_png(png).expect("a picture")
    }

    #[test]
    fn a_picture_has_its_shapes_and_its_words() {
        let picture = dots(&png(DRAWING, 2.0).expect("drawn"));
        assert_eq!((picture.width(), picture.height()), (400, 120));
        let left = picture.pixel(20, 20).expect("a dot");
        assert_eq!((left.red(), left.green(), left.blue()), (0x8a, 0x5a, 0));
        let dark = |x: u32, y: u32| picture.pixel(x, y).is_some_and(|p| p.red() < 128);
        let inked =
            (220..400).flat_map(|x| (0..120).map(move |y| (x, y))).filter(|(x, y)| dark(*x, *y));
        assert!(inked.count() > 100, "the words are not drawn");
    }

    #[test]
    fn a_pdf_is_one_page_with_its_font() {
        let file = pdf(DRAWING).expect("drawn");
        assert!(file.starts_with(b"%PDF-"), "no PDF");
        let has = |needle: &[u8]| file.windows(needle.len()).any(|w| w == needle);
        assert!(has(b"/Count 1") && has(b"Inter"), "no page, or its font is missing");
    }

    #[test]
    fn what_is_no_drawing_is_told_so() {
        assert!(png("<svg", 1.0).is_err());
        assert!(pdf("nothing").is_err());
    }
}
