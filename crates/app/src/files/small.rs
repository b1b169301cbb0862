//! Small copies of pictures, for lists of files. What a picture holds beside its dots, as the place
//! where it was taken, is left behind.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// The most dots of a small copy in each direction.
pub(super) const SMALL: (u32, u32) = (480, 360);

/// The formats that are unpacked; a picture that says it is something else is left alone.
const FORMATS: [ImageFormat; 4] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];

/// What unpacking one picture may take.
const MEMORY: u64 = 128 * 1024 * 1024;
const SIDE: u32 = 20_000;

/// How well a small copy without see-through parts is kept.
const QUALITY: u8 = 82;

/// The small copy of a picture; nothing of what is no picture, is broken, or would take too much.
pub(super) fn small(bytes: &[u8]) -> Option<Vec<u8>> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    if !FORMATS.contains(&reader.format()?) {
        return None;
    }
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    // Told before anything is unpacked.
    if width.max(height) > SIDE || decoder.total_bytes() > MEMORY {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    decoder.set_limits(limits).ok()?;
    let turned = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(turned);
    let (width, height) = SMALL;
    if picture.width() > width || picture.height() > height {
        picture = picture.thumbnail(width, height);
    }
    let mut out = Cursor::new(Vec::new());
    if picture.color().has_alpha() {
        DynamicImage::from(picture.to_rgba8()).write_to(&mut out, ImageFormat::Png).ok()?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
        picture.to_rgb8().write_with_encoder(encoder).ok()?;
    }
    Some(out.into_inner())
}

/// The media type of a small copy.
pub fn small_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(&[0xff, 0xd8]) { "image/jpeg" } else { "image/png" }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn packed(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.into().write_to(&mut out, format).expect("packed");
        out.into_inner()
    }

    fn size(bytes: &[u8]) -> (u32, u32) {
        let read = image::load_from_memory(bytes).expect("a picture");
        (read.width(), read.height())
    }

    #[test]
    fn each_kind_becomes_smaller_and_keeps_its_shape() {
        let wide = || RgbImage::from_pixel(1600, 400, Rgb([200, 10, 10]));
        for format in FORMATS {
            let copy = small(&packed(wide(), format)).expect("a copy");
            assert_eq!(size(&copy), (480, 120), "{format:?}");
        }
        let clear = RgbaImage::from_pixel(500, 1000, Rgba([0, 0, 0, 0]));
        let copy = small(&packed(clear, ImageFormat::Png)).expect("a copy");
        assert_eq!((size(&copy), small_type(&copy)), ((180, 360), "image/png"));
        let read = image::load_from_memory(&copy).expect("a picture").to_rgba8();
        assert_eq!(read.get_pixel(3, 3)[3], 0, "what is seen through stays so");
        let tiny = packed(RgbImage::new(10, 10), ImageFormat::Png);
        let copy = small(&tiny).expect("a copy");
        assert_eq!((size(&copy), small_type(&copy)), ((10, 10), "image/jpeg"), "never made larger");
    }

    #[test]
    fn what_is_broken_or_unpacks_too_large_is_left_alone() {
        let good = packed(RgbImage::new(600, 600), ImageFormat::Png);
        assert_eq!(small(&good[..good.len() / 2]), None, "cut off");
        assert_eq!(small(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
        assert_eq!(small(b""), None);
        // A head that promises 60,000 by 60,000 dots.
        let mut bomb = good;
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        assert_eq!(small(&bomb), None);
        bomb[16..20].copy_from_slice(&15_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&15_000_u32.to_be_bytes());
        assert_eq!(small(&bomb), None);
    }
}
