//! From text to rows of cells. Empty cells are not kept: exports run to thousands of columns.

use std::borrow::Cow;

use crate::ReadError;

const LARGEST_CELL: usize = 10 * 1024 * 1024;

/// The header, and where the rows below it begin. Rows are read one at a time, as often as need be:
/// a large export is never held twice.
pub struct Table<'a> {
    pub header: Vec<Cow<'a, str>>,
    body: Reader<'a>,
}

/// One row's non-empty cells with their column.
pub struct Row<'a> {
    /// As a spreadsheet counts: the header is row 1.
    pub number: usize,
    pub cells: Vec<(usize, Cow<'a, str>)>,
    place: Reader<'a>,
}

/// Reads the header.
pub fn open(text: &str) -> Result<Table<'_>, ReadError> {
    let (delimiter, text) = delimiter(text);
    let mut reader = Reader { text, at: 0, row: 0, delimiter };
    let mut header = Vec::new();
    while header.iter().all(|name: &Cow<str>| name.trim().is_empty()) {
        if reader.done() {
            return Err(ReadError::Empty);
        }
        header.clear();
        reader.row(|_, cell| header.push(cell))?;
    }
    Ok(Table { header, body: reader })
}

impl<'a> Table<'a> {
    /// Hands each row that holds anything to `take`, or says which row cannot be read.
    pub fn each_row(&self, mut take: impl FnMut(Row<'a>)) -> Result<(), ReadError> {
        let mut reader = self.body;
        while let Some(row) = reader.next_row()? {
            take(row);
        }
        Ok(())
    }
}

impl<'a> Row<'a> {
    /// Where the row stands, to read it once more.
    pub fn place(&self) -> Place<'a> {
        Place(self.place)
    }
}

/// Where a row stands.
#[derive(Clone, Copy)]
pub struct Place<'a>(Reader<'a>);

impl<'a> Place<'a> {
    /// The row again.
    pub fn read(mut self) -> Result<Option<Row<'a>>, ReadError> {
        self.0.next_row()
    }
}

/// The sign between cells: as a `sep=` line says, else the most frequent in the header.
fn delimiter(text: &str) -> (u8, &str) {
    let text = text.trim_start_matches(['\r', '\n']);
    let first = text.split('\n').next().unwrap_or_default();
    if let Some(rest) = first.strip_prefix("sep=")
        && let [sign @ (b',' | b';' | b'\t')] = rest.trim_end_matches('\r').as_bytes()
    {
        return (*sign, text.get(first.len() + 1..).unwrap_or_default());
    }
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (sign, count) in &mut counts {
                    *count += usize::from(*sign == byte);
                }
            }
        }
    }
    let mut best = counts[0];
    for candidate in counts {
        if candidate.1 > best.1 {
            best = candidate;
        }
    }
    (best.0, text)
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    text: &'a str,
    at: usize,
    row: usize,
    delimiter: u8,
}

impl<'a> Reader<'a> {
    fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The next row that holds anything.
    fn next_row(&mut self) -> Result<Option<Row<'a>>, ReadError> {
        while !self.done() {
            let place = *self;
            let mut cells = Vec::new();
            self.row(|column, cell| {
                if !cell.trim().is_empty() {
                    cells.push((column, cell));
                }
            })?;
            if !cells.is_empty() {
                return Ok(Some(Row { number: self.row, cells, place }));
            }
        }
        Ok(None)
    }

    /// Hands each cell of the next row to `take`.
    fn row(&mut self, mut take: impl FnMut(usize, Cow<'a, str>)) -> Result<(), ReadError> {
        self.row += 1;
        let mut column = 0;
        loop {
            let cell = self.cell()?;
            if cell.len() > LARGEST_CELL {
                let limit_mb = LARGEST_CELL / (1024 * 1024);
                return Err(ReadError::CellTooLarge { row: self.row, limit_mb });
            }
            take(column, cell);
            column += 1;
            match self.text.as_bytes().get(self.at) {
                Some(byte) if *byte == self.delimiter => self.at += 1,
                Some(b'\r') => {
                    self.at += 1;
                    self.at += usize::from(self.text.as_bytes().get(self.at) == Some(&b'\n'));
                    return Ok(());
                }
                Some(_) => {
                    self.at += 1;
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
    }

    /// The next cell; stops on the delimiter, the line's end or the text's end.
    fn cell(&mut self) -> Result<Cow<'a, str>, ReadError> {
        if self.text.as_bytes().get(self.at) != Some(&b'"') {
            return Ok(Cow::Borrowed(self.bare()));
        }
        self.at += 1;
        let mut cell = Cow::Borrowed("");
        loop {
            let rest = &self.text[self.at..];
            let Some(quote) = rest.find('"') else {
                return Err(ReadError::OpenQuote { row: self.row });
            };
            append(&mut cell, &rest[..quote]);
            self.at += quote + 1;
            if self.text.as_bytes().get(self.at) != Some(&b'"') {
                break;
            }
            append(&mut cell, "\"");
            self.at += 1;
        }
        // Text after the closing quote is a mistake of the writer; it is kept all the same.
        append(&mut cell, self.bare());
        Ok(cell)
    }

    fn bare(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\n' | b'\r');
        let end = rest.as_bytes().iter().position(ends).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}

fn append<'a>(cell: &mut Cow<'a, str>, part: &'a str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(part);
    } else if !part.is_empty() {
        cell.to_mut().push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let mut rows = Vec::new();
        let cells = |row: &Row| row.cells.iter().map(|c| c.1.to_string()).collect();
        open(text).unwrap().each_row(|row| rows.push((row.number, cells(&row)))).unwrap();
        rows
    }

    #[test]
    fn quotes_lines_and_delimiters() {
        assert_eq!(
            rows("a,b\r\n\"x \"\"y\"\"\nz\",2\r\n\r\n3"),
            [(2, vec!["x \"y\"\nz".into(), "2".into()]), (4, vec!["3".into()])]
        );
        assert_eq!(rows("a;b,c;d\n1;2;3"), [(2, vec!["1".into(), "2".into(), "3".into()])]);
        assert_eq!(rows("sep=;\na\n1;2"), [(2, vec!["1".into(), "2".into()])]);
        assert_eq!(rows("a\tb\n\"1\"x\t2"), [(2, vec!["1x".into(), "2".into()])]);
    }

    #[test]
    fn an_open_quote_names_its_row() {
        let refusal = |text: &str| open(text).unwrap().each_row(|_| ()).err();
        assert_eq!(refusal("a\n1\n\"2\n3"), Some(ReadError::OpenQuote { row: 3 }));
        let big = format!("a\n{}", "x".repeat(LARGEST_CELL + 1));
        assert!(matches!(refusal(&big), Some(ReadError::CellTooLarge { row: 2, .. })));
    }
}
