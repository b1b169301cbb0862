//! Packs the fonts, which every copy of the program carries along.

use std::path::Path;
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=fonts");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for name in ["Inter-Regular.ttf", "Inter-SemiBold.ttf"] {
        let packed = fs::File::create(Path::new(&out).join(format!("{name}.deflate")))?;
        let mut packed = DeflateEncoder::new(packed, Compression::best());
        io::copy(&mut fs::File::open(Path::new("fonts").join(name))?, &mut packed)?;
        packed.finish()?;
    }
    Ok(())
}
