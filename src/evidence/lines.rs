//! Lines of untrusted text, with a bound on how much of one is kept.

use std::io::{self, BufRead};

/// Hands out the lines of a text one by one, without their ends.
pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    limit: usize,
    json_limit: usize,
    first: bool,
}

impl<R: BufRead> Lines<R> {
    /// Of a line longer than `limit` bytes the start is kept and the rest is dropped.
    pub(super) fn new(reader: R, limit: usize) -> Self {
        Self {
            reader,
            line: Vec::new(),
            limit,
            json_limit: limit,
            first: true,
        }
    }

    /// The limit for lines that begin with a brace: cut JSON is worth nothing, and an event of
    /// `go build -json` holds all that is said of a package.
    pub(super) fn with_json_limit(mut self, limit: usize) -> Self {
        self.json_limit = limit;
        self
    }

    /// The next line, nothing at the end of the text.
    ///
    /// # Errors
    ///
    /// What the reader says.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let mut any = false;
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            let limit = match self.line.first().or(part.first()) {
                Some(b'{') => self.json_limit,
                _ => self.limit,
            };
            let room = limit.saturating_sub(self.line.len());
            self.line
                .extend_from_slice(part.get(..room).unwrap_or(part));
            let used = end.map_or(chunk.len(), |end| end + 1);
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        let mut line = self.line.as_slice();
        if std::mem::take(&mut self.first) {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(text: &[u8], buffer: usize, limit: usize) -> Vec<String> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, text), limit);
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(String::from_utf8_lossy(line).into_owned());
        }
        all
    }

    #[test]
    fn ends_of_lines_and_buffers_do_not_matter() {
        for buffer in 1..20 {
            assert_eq!(
                lines(b"\xef\xbb\xbfab\r\n\ncdefgh\nlast", buffer, 100),
                ["ab", "", "cdefgh", "last"],
                "buffer of {buffer}"
            );
        }
        assert!(lines(b"", 8, 8).is_empty());
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_whole() {
        assert_eq!(lines(b"abcdefgh\nxyz\n", 3, 4), ["abcd", "xyz"]);
    }

    #[test]
    fn json_has_a_limit_of_its_own() {
        let text = BufReader::with_capacity(3, &b"{1234567}\n12345\n"[..]);
        let mut lines = Lines::new(text, 4).with_json_limit(8);
        assert_eq!(lines.next().unwrap(), Some(&b"{1234567"[..]));
        assert_eq!(lines.next().unwrap(), Some(&b"1234"[..]));
    }
}
