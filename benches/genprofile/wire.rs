//! The little of protobuf's wire format that a profile needs.

/// Bytes of one message, or of a run of fields.
#[derive(Default)]
pub struct Message(Vec<u8>);

const VARINT: u32 = 0;
const LENGTH_DELIMITED: u32 = 2;

impl Message {
    /// A field with one number. Zero is left out, as both writers do wherever zero means absent.
    pub fn number(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.tag(field, VARINT);
            self.varint(value);
        }
    }

    /// A list of numbers, zeros included. Both writers pack only what is longer than two.
    pub fn numbers(&mut self, field: u32, values: &[u64]) {
        if values.len() > 2 {
            self.tag(field, LENGTH_DELIMITED);
            self.varint(values.iter().map(|&value| varint_len(value)).sum());
            for &value in values {
                self.varint(value);
            }
        } else {
            for &value in values {
                self.tag(field, VARINT);
                self.varint(value);
            }
        }
    }

    /// A field that holds a text, be it empty.
    pub fn text(&mut self, field: u32, text: &str) {
        self.delimited(field, text.as_bytes());
    }

    /// A field that holds another message.
    pub fn message(&mut self, field: u32, message: &Self) {
        self.delimited(field, &message.0);
    }

    /// All fields of another message, after those that are here.
    pub fn append(&mut self, fields: &Self) {
        self.0.extend_from_slice(&fields.0);
    }

    /// What was written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Number of bytes written so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets the bytes, keeps their memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn delimited(&mut self, field: u32, bytes: &[u8]) {
        self.tag(field, LENGTH_DELIMITED);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn tag(&mut self, field: u32, wire_type: u32) {
        self.varint(u64::from(field << 3 | wire_type));
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// Bytes that a number takes as a varint: one for each started group of seven bits.
fn varint_len(value: u64) -> u64 {
    u64::from((64 - (value | 1).leading_zeros()).div_ceil(7))
}
