//! The frame of gzip (RFC 1952): members, one after the other, each a header, a deflate stream
//! and a trailer.
//!
//! The inflating is flate2's; the frame is read here because flate2's own readers hide what a
//! message must say: at which byte, which of checksum and size is wrong, what follows the last
//! member. One inflater serves all members, so 200,000 empty ones cost no allocation each, and
//! a member is a turn of a loop, never a call deeper.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::buffer::Buffer;
use super::error::{Part, Problem};

/// The first two bytes of every member.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Bits of the header's flag byte. FTEXT (bit 0) is a hint without effect.
const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
/// They may announce fields that we would take for data, so RFC 1952 wants them refused.
const RESERVED: u8 = 0b1110_0000;

/// Inflates the members of a gzip one after the other.
pub(super) struct Gzip {
    inflater: Decompress,
    stage: Stage,
    /// Of the member that is being read.
    crc: Crc,
    length: u64,
    /// Of all members before it.
    total_crc: Crc,
    total_length: u64,
    /// Whether the file looks as if it had been copied as text.
    text_mode: bool,
}

/// What comes next in the file.
enum Stage {
    /// A member's header, or the end of the file.
    Start,
    Data,
    Trailer,
}

impl Gzip {
    /// `head` is the first few KiB of the file; it serves for a hint in errors.
    pub(super) fn new(head: &[u8]) -> Self {
        Gzip {
            inflater: Decompress::new(false),
            stage: Stage::Start,
            crc: Crc::new(),
            length: 0,
            total_crc: Crc::new(),
            total_length: 0,
            text_mode: looks_copied_as_text(head),
        }
    }

    /// The length and the CRC-32 of the bytes of all members that have been verified.
    pub(super) fn verified(&self) -> (u64, u32) {
        (self.total_length, self.total_crc.sum())
    }

    /// Inflates into `out`, which is not empty. 0 means that all members are read and verified.
    pub(super) fn read(&mut self, source: &mut Buffer, out: &mut [u8]) -> Result<usize, Problem> {
        loop {
            match self.stage {
                Stage::Start => {
                    if source.fill()?.is_empty() {
                        return Ok(0);
                    }
                    self.header(source)?;
                    self.stage = Stage::Data;
                }
                Stage::Data => {
                    let inflated = self.inflate(source, out)?;
                    if inflated > 0 {
                        return Ok(inflated);
                    }
                }
                Stage::Trailer => {
                    self.trailer(source)?;
                    self.stage = Stage::Start;
                }
            }
        }
    }

    fn header(&mut self, source: &mut Buffer) -> Result<(), Problem> {
        let start = source.offset();
        let seen = source.peek(MAGIC.len())?;
        if !MAGIC.starts_with(seen) {
            return Err(Problem::Trailing { offset: start });
        }
        let wrong = |offset, reason: String| Problem::Header {
            offset: start + offset,
            reason,
        };
        let mut header = Header {
            source,
            crc: Crc::new(),
        };
        let [_, _, method, flags, ..] = header.take::<10>()?;
        if method != 8 {
            return Err(wrong(2, format!("method {method} is not deflate (8)")));
        }
        if flags & RESERVED != 0 {
            return Err(wrong(
                3,
                format!("reserved flag bits are set ({flags:#04x})"),
            ));
        }
        if flags & FEXTRA != 0 {
            let length = u16::from_le_bytes(header.take()?);
            header.skip(usize::from(length))?;
        }
        for text in [FNAME, FCOMMENT] {
            if flags & text != 0 {
                header.skip_text()?;
            }
        }
        if flags & FHCRC != 0 {
            let actual = header.crc.sum() & 0xffff;
            let stated = u32::from(u16::from_le_bytes(header.take()?));
            if stated != actual {
                let offset = source.offset() - 2 - start;
                let reason = format!("its checksum is {actual:04x}, it says {stated:04x}");
                return Err(wrong(offset, reason));
            }
        }
        Ok(())
    }

    /// Inflates once. 0 is no progress to show: the data may go on or have ended.
    fn inflate(&mut self, source: &mut Buffer, out: &mut [u8]) -> Result<usize, Problem> {
        let (taken, given) = (self.inflater.total_in(), self.inflater.total_out());
        let input = source.fill()?;
        let at_end = input.is_empty();
        let result = self.inflater.decompress(input, out, FlushDecompress::None);
        let taken = usize::try_from(self.inflater.total_in() - taken).unwrap_or(usize::MAX);
        let given = usize::try_from(self.inflater.total_out() - given).unwrap_or(usize::MAX);
        source.consume(taken);
        let offset = source.offset();
        let corrupt = |reason: &str| Problem::Corrupt {
            offset,
            reason: reason.to_owned(),
            text_mode: self.text_mode,
        };
        let status = result.map_err(|error| corrupt(error.message().unwrap_or("invalid data")))?;
        let inflated = out.get(..given).unwrap_or_default();
        self.crc.update(inflated);
        self.length += given as u64;
        if status == Status::StreamEnd {
            self.stage = Stage::Trailer;
        } else if at_end && given == 0 {
            return Err(Problem::CutShort {
                offset,
                part: Part::Data,
            });
        } else if taken == 0 && given == 0 {
            // The inflater has room and input; it would stay here for ever.
            return Err(corrupt("no progress"));
        }
        Ok(given)
    }

    fn trailer(&mut self, source: &mut Buffer) -> Result<(), Problem> {
        let offset = source.offset();
        let bytes = source.peek(8)?;
        let Some(&[a, b, c, d, e, f, g, h]) = bytes.first_chunk() else {
            let offset = offset + bytes.len() as u64;
            return Err(Problem::CutShort {
                offset,
                part: Part::Trailer,
            });
        };
        source.consume(8);
        let (stated, actual) = (u32::from_le_bytes([a, b, c, d]), self.crc.sum());
        if stated != actual {
            let text_mode = self.text_mode;
            return Err(Problem::Checksum {
                offset,
                stated,
                actual,
                text_mode,
            });
        }
        let (stated, actual) = (u32::from_le_bytes([e, f, g, h]), self.length);
        if u64::from(stated) != actual & u64::from(u32::MAX) {
            return Err(Problem::Size {
                offset: offset + 4,
                stated,
                actual,
            });
        }
        self.total_crc.combine(&self.crc);
        self.total_length += self.length;
        self.crc.reset();
        self.length = 0;
        self.inflater.reset(false);
        Ok(())
    }
}

/// The bytes of a header, with their checksum. Its texts are passed over, never kept: they may
/// be as long as the file.
struct Header<'a> {
    source: &'a mut Buffer,
    crc: Crc,
}

impl Header<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let seen = self.source.peek(N)?;
        let Some(bytes) = seen.first_chunk().copied() else {
            let offset = seen.len() as u64 + self.source.offset();
            return Err(Problem::CutShort {
                offset,
                part: Part::Header,
            });
        };
        self.crc.update(&bytes);
        self.source.consume(N);
        Ok(bytes)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), Problem> {
        while count > 0 {
            count -= self.pass(|bytes| bytes.len().min(count))?;
        }
        Ok(())
    }

    /// Skips to behind the next zero byte.
    fn skip_text(&mut self) -> Result<(), Problem> {
        let mut ended = false;
        while !ended {
            self.pass(|bytes| match bytes.iter().position(|byte| *byte == 0) {
                Some(zero) => {
                    ended = true;
                    zero + 1
                }
                None => bytes.len(),
            })?;
        }
        Ok(())
    }

    /// Passes over as many of the next bytes as `count` says.
    fn pass(&mut self, count: impl FnOnce(&[u8]) -> usize) -> Result<usize, Problem> {
        let bytes = self.source.fill()?;
        if bytes.is_empty() {
            let offset = self.source.offset();
            return Err(Problem::CutShort {
                offset,
                part: Part::Header,
            });
        }
        let count = count(bytes);
        self.crc.update(bytes.get(..count).unwrap_or_default());
        self.source.consume(count);
        Ok(count)
    }
}

/// Whether each line feed in compressed data follows a carriage return, as after a copy in text
/// mode. In sound data one in 256 does.
fn looks_copied_as_text(head: &[u8]) -> bool {
    let line_feeds = head.iter().filter(|byte| **byte == b'\n').count();
    let pairs = head.windows(2).filter(|pair| *pair == b"\r\n").count();
    line_feeds > 0 && pairs == line_feeds
}
