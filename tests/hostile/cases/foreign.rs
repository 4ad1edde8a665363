//! Classes 14, 15, 17 to 19: what is no profile at all.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};

use super::super::case::{Case, rejects};
use super::super::gz::gzip;
use super::super::sweeps::Random;
use super::super::wire::{Layout, Profile};

pub fn cases() -> Vec<Case> {
    let raw = Profile::small().bytes(Layout::Go);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(&raw).unwrap();
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(&raw).unwrap();
    let named = |name: &str, bytes: &[u8], kind: &str| {
        rejects(name, bytes.to_vec(), format!("not a profile: {kind}"))
    };
    let html = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>\n";
    let text_heap = b"heap profile: 1: 64 [1: 64] @ heap/1048576\n1: 64 [1: 64] @ 0x401000 0x402000\n#\t0x401000\tmain.main+0x10\t/src/main.go:7\n\n# runtime.MemStats\n# Alloc = 64\n";
    let mut cases = vec![
        named("14 zlib", &zlib.finish().unwrap(), "zlib data, neither gzip nor raw"),
        rejects("14 deflate", deflate.finish().unwrap(), "byte …"),
        named(
            "14 zstd",
            b"\x28\xb5\x2f\xfd\x04\x58\x51\0\0hello world\x30\xcd\xea\x6b",
            "zstd data: decompress it first",
        ),
        named("14 zip", b"PK\x03\x04\x14\0\0\0\x08\0\0\0", "a zip archive: unpack it first"),
        named(
            "14 bzip2",
            b"BZh91AY&SY\xaa\xbb\xcc\xdd\0\0",
            "bzip2 data: decompress it first",
        ),
        named("14 xz", b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46", "xz data: decompress it first"),
        named("14 7z", b"7z\xbc\xaf\x27\x1c\0\x04", "a 7-Zip archive: unpack it first"),
        named(
            "14 ELF",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
            "an ELF file (a program, a library or a core dump)",
        ),
        named("14 PNG", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "a picture"),
        named("15 HTML", html, "looks like HTML: was it a failed download?"),
        named(
            "15 HTML in gzip",
            &gzip(html),
            "inside the gzip: looks like HTML: was it a failed download?",
        ),
        named(
            "15 JSON",
            b"{\"code\":404,\"message\":\"no such service\"}\n",
            "looks like JSON: was it a failed download?",
        ),
        named(
            "15 XML",
            b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
            "looks like XML: was it a failed download?",
        ),
        named(
            "15 not found",
            b"404 page not found\n",
            "a server's \"not found\" message: is the URL right?",
        ),
        named(
            "15 base64",
            b"H4sIAAAAAAAE/+xdCZgU1bU+t3q6Z6ZnYRiGYRmgGEAQoQEJuyIqm4Ao",
            "base64 of a gzip: decode it first",
        ),
        named(
            "15 hex",
            b"1f8b08000000000000ffe2e262e2602a606260",
            "hex dump of a gzip: decode it first",
        ),
        // Its first letters are tags, so this one gets as far as the decoder.
        named("15 text that begins like fields", b"je ne suis pas un profil\n", "plain text"),
        named(
            "15 HTTP response",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n\x1f\x8b",
            "an HTTP response with its headers: save the body only",
        ),
        named(
            "15 LFS pointer",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123\n",
            "a Git LFS pointer: run git lfs pull",
        ),
        named(
            "17 text heap",
            text_heap,
            "the debug=1 text form of a heap profile: fetch it without debug=1",
        )
        .differs("the text has no sizes and no rate for intervals; the message says how to get the real one"),
        named(
            "17 goroutine stacks",
            b"goroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n",
            "a dump of goroutine stacks: fetch the profile without debug=2",
        ),
        named("18 perf.data", b"PERFILE2\x68\0\0\0\0\0\0\0", "perf.data: convert it to pprof first"),
        named("19 64 KiB of zeros", &[0; 65_536], "nothing but zero bytes"),
        rejects(
            "19 64 KiB of 0xff",
            vec![0xff; 65_536],
            "byte 0: profile: number longer than 10 bytes",
        ),
        rejects("19 a line feed", b"\n".to_vec(), "…"),
        rejects("19 one byte 0x80", vec![0x80], "byte 0: profile: cut short"),
    ];
    for seed in 0..4 {
        let mut random = Random::new(seed);
        let bytes: Vec<u8> = (0..65_536).map(|_| random.next() as u8).collect();
        cases.push(rejects(
            format!("19 random bytes, seed {seed}"),
            bytes.clone(),
            "byte …",
        ));
        let name = format!("19 random bytes in gzip, seed {seed}");
        cases.push(rejects(name, gzip(&bytes), "byte … (inflated): …"));
    }
    cases
}
