//! Small files that inflate to gigabytes, and files made to be dear to read.
//!
//! Each is read by a process of its own, whose peak memory and time are taken from the system.
//! That process is this test program, which goes through the library as `memlens top` does. `cargo test` runs small ones of the same shape;
//! `MEMLENS_BOMBS=full` the full ones (some minutes), and `MEMLENS_BOMBS=name` those whose name
//! contains it, in full; `cargo test --release --test hostile bombs` is the way to run those.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use flate2::{Compress, Compression, Crc, FlushCompress};
use memlens::aggregate::{self, By, Filter, Query};
use memlens::decode::DecodeLimits;
use memlens::input::{Input, Limits, Source};
use memlens::report::{Options, Report};
use wait4::Wait4;

use super::case::matches;
use super::gz::gzip;
use super::wire::{Layout, Msg, Profile, tag, varint};

const MIB: u64 = 1 << 20;

/// Writes a gzip piece by piece. Each piece is a deflate block of its own that ends on a byte and
/// refers to nothing before it, so that a repeated one is compressed once.
struct Gz<W> {
    out: W,
    crc: Crc,
    length: u64,
}

impl<W: Write> Gz<W> {
    fn new(mut out: W) -> io::Result<Self> {
        out.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])?;
        Ok(Self {
            out,
            crc: Crc::new(),
            length: 0,
        })
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.repeat(bytes, 1)
    }

    /// Writes `unit` as many times as it takes to make `bytes` bytes, or a little more.
    fn fill(&mut self, unit: &[u8], bytes: u64) -> io::Result<()> {
        let large = unit.repeat((MIB as usize).div_ceil(unit.len()));
        self.repeat(&large, bytes.div_ceil(large.len() as u64))
    }

    fn repeat(&mut self, unit: &[u8], times: u64) -> io::Result<()> {
        let mut packed = Vec::with_capacity(unit.len() + 1024);
        let mut compress = Compress::new(Compression::new(1), false);
        loop {
            let rest = &unit[compress.total_in() as usize..];
            packed.reserve(unit.len() / 4 + 1024);
            compress
                .compress_vec(rest, &mut packed, FlushCompress::Full)
                .unwrap();
            if compress.total_in() == unit.len() as u64 && packed.len() < packed.capacity() {
                break;
            }
        }
        let mut crc = Crc::new();
        crc.update(unit);
        for _ in 0..times {
            self.out.write_all(&packed)?;
            self.crc.combine(&crc);
        }
        self.length += unit.len() as u64 * times;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        // An empty stored block, the last one.
        self.out.write_all(&[1, 0, 0, 0xff, 0xff])?;
        self.out.write_all(&self.crc.sum().to_le_bytes())?;
        self.out.write_all(&(self.length as u32).to_le_bytes())?;
        self.out.flush()
    }
}

type Out<'a> = Gz<BufWriter<File>>;
/// Writes the inflated bytes, all of them for a full bomb, else a 64th.
type Make = fn(&mut Out<'_>, &dyn Fn(u64) -> u64) -> io::Result<()>;

struct Bomb {
    name: &'static str,
    make: Make,
    /// What follows the file's name in the message, or `None` if it is read.
    refused: Option<&'static str>,
    /// MiB of memory that reading may take at the most.
    memory: u64,
    /// How it is asked for: see [`ask`].
    how: &'static str,
}

const fn read(name: &'static str, memory: u64, make: Make) -> Bomb {
    Bomb {
        name,
        make,
        refused: None,
        memory,
        how: "function",
    }
}

const fn refused(name: &'static str, memory: u64, message: &'static str, make: Make) -> Bomb {
    Bomb {
        name,
        make,
        refused: Some(message),
        memory,
        how: "function",
    }
}

impl Bomb {
    const fn asked(self, how: &'static str) -> Self {
        Self { how, ..self }
    }
}

/// A sound profile that a bomb begins with.
fn sound() -> Vec<u8> {
    Profile::small().bytes(Layout::StringsFirst)
}

/// The smallest sound sample.
fn tiny() -> Vec<u8> {
    Msg::new()
        .message(2, &Msg::new().bytes(1, &[1]).bytes(2, &[0, 0, 0, 0]))
        .bytes
}

/// The head of a field that goes on for `length` bytes.
fn head(number: u64, length: u64) -> Vec<u8> {
    [tag(number, 2), varint(length)].concat()
}

/// Writes what `piece` makes of 0, 1, 2, … until there are `bytes` bytes.
fn distinct(out: &mut Out<'_>, bytes: u64, piece: impl Fn(u64) -> Vec<u8>) -> io::Result<()> {
    let (mut chunk, mut written) = (Vec::new(), 0);
    for index in 1.. {
        chunk.extend(piece(index));
        if chunk.len() as u64 >= MIB || written + chunk.len() as u64 >= bytes {
            written += chunk.len() as u64;
            out.put(&chunk)?;
            chunk.clear();
        }
        if written >= bytes {
            break;
        }
    }
    Ok(())
}

/// Function, location and sample number `index`, each of its own.
fn site(index: u64, name: u64) -> Vec<u8> {
    let id = 100 + index;
    let line = Msg::new().number(1, id).number(2, index);
    Msg::new()
        .message(5, &Msg::new().number(1, id).number(2, name).number(4, name))
        .message(4, &Msg::new().number(1, id).message(4, &line))
        .message(2, &Msg::new().bytes(1, &varint(id)).bytes(2, &[1, 1, 1, 1]))
        .bytes
}

const EITHER: &str = "…";
const MEMORY: &str = "…need… more than 512 MiB of memory; raise --max-memory to allow it";
const RECORD: &str =
    "byte … (inflated): profile: longer than 67108864 bytes; raise --max-record to allow it";

const BOMBS: &[Bomb] = &[
    refused(
        "67 zeros",
        32,
        "not a profile: inside the gzip: nothing but zero bytes",
        |out, n| out.fill(&[0; 1024], n(4096 * MIB)),
    ),
    read("68 tiny samples", 64, |out, n| {
        out.put(&sound())?;
        out.fill(&tiny(), n(4096 * MIB))
    }),
    read("68 tiny samples, piped", 64, |out, n| {
        out.put(&sound())?;
        out.fill(&tiny(), n(4096 * MIB))
    })
    .asked("pipe"),
    refused(
        "68 tiny samples, the last one bad",
        64,
        "byte … (inflated): sample …: location_id: no location has id 99",
        |out, n| {
            out.put(&sound())?;
            out.fill(&tiny(), n(4096 * MIB))?;
            out.put(
                &Msg::new()
                    .message(2, &Msg::new().bytes(1, &[99]).bytes(2, &[0; 4]))
                    .bytes,
            )
        },
    ),
    read("69 unknown fields in pieces", 32, |out, n| {
        out.put(&sound())?;
        out.fill(&Msg::new().bytes(99, &[7; 1000]).bytes, n(4096 * MIB))
    }),
    read("69 one unknown field", 32, |out, n| {
        out.put(&sound())?;
        let length = n(4096 * MIB) / MIB * MIB;
        out.put(&head(99, length))?;
        out.fill(&[7; 1024], length)
    }),
    refused("70 one string of 3 GiB", 192, RECORD, |out, n| {
        out.put(&sound())?;
        let length = n(3072 * MIB) / MIB * MIB;
        out.put(&head(6, length.max(65 * MIB)))?;
        out.fill(&[b's'; 1024], length.max(65 * MIB))
    }),
    refused("70 strings of 1 MiB", 1024, MEMORY, |out, n| {
        out.put(&sound())?;
        out.repeat(
            &Msg::new().bytes(6, &[b's'; 1 << 20]).bytes,
            n(4100 * 1024).max(300 * 1024) / 1024,
        )
    }),
    refused("71 one stack of 4 GiB", 192, RECORD, |out, n| {
        out.put(&sound())?;
        let length = n(4096 * MIB) / MIB * MIB;
        out.put(&head(2, length + 5))?;
        out.put(&head(1, length))?;
        out.fill(&[1; 1024], length)
    }),
    read("71 one stack of 60 MiB", 1024, |out, n| {
        let length = n(60 * MIB) / MIB * MIB;
        out.put(&sound())?;
        let stack = head(1, length);
        out.put(&head(2, length + stack.len() as u64 + 6))?;
        out.put(&stack)?;
        out.fill(&[1; 1024], length)?;
        out.put(&Msg::new().bytes(2, &[1; 4]).bytes)
    }),
    refused(
        "72 empty samples",
        32,
        "byte … (inflated): sample 1: value: no values",
        |out, n| {
            out.put(
                &Profile {
                    samples: vec![],
                    ..Profile::small()
                }
                .bytes(Layout::StringsFirst),
            )?;
            out.fill(&head(2, 0), n(96 * MIB))
        },
    ),
    refused(
        "72 empty locations",
        32,
        "byte … (inflated): location 4: id: id 0 is reserved",
        |out, n| {
            out.put(&sound())?;
            out.fill(&head(4, 0), n(96 * MIB))
        },
    ),
    refused(
        "72 empty functions",
        32,
        "byte … (inflated): function 4: id: id 0 is reserved",
        |out, n| {
            out.put(&sound())?;
            out.fill(&head(5, 0), n(96 * MIB))
        },
    ),
    refused(
        "72 empty mappings",
        32,
        "byte … (inflated): mapping 2: id: id 0 is reserved",
        |out, n| {
            out.put(&sound())?;
            out.fill(&head(3, 0), n(96 * MIB))
        },
    ),
    refused("73 empty strings", 1024, EITHER, |out, n| {
        out.put(&Profile::small().bytes(Layout::Go))?;
        out.fill(&head(6, 0), n(96 * MIB))
    }),
    refused("73 empty types", 64, EITHER, |out, n| {
        out.put(&sound())?;
        out.fill(&head(1, 0), n(96 * MIB))
    }),
    read("73 empty labels", 192, |out, n| {
        let length = n(60 * MIB) / MIB * MIB;
        out.put(&sound())?;
        let values = Msg::new().bytes(2, &[1; 4]).bytes;
        out.put(&head(2, length + values.len() as u64))?;
        out.put(&values)?;
        out.fill(&head(3, 0), length)
    }),
    refused(
        "73 numeric labels in one sample",
        192,
        "byte … (inflated): sample 4: label: more than 100000 of them",
        |out, n| {
            let length = n(60 * MIB).max(4 * MIB) / MIB * MIB;
            out.put(&sound())?;
            let values = Msg::new().bytes(2, &[1; 4]).bytes;
            out.put(&head(2, length + values.len() as u64))?;
            out.put(&values)?;
            out.fill(b"\x1a\x02\x18\x01", length)
        },
    ),
    refused("73 distinct sets of labels", 1024, EITHER, |out, n| {
        out.put(&sound())?;
        distinct(out, n(2048 * MIB).max(80 * MIB), |index| {
            let mut sample = Msg::new().bytes(1, &[1]).bytes(2, &[1; 4]);
            sample = sample.message(3, &Msg::new().number(3, index));
            let many = sample.raw(&b"\x1a\x02\x18\x01".repeat(20_000));
            Msg::new().message(2, &many).bytes
        })
    }),
    refused(
        "73 lines in one location",
        192,
        "byte … (inflated): location 4: line: more than 1000 of them",
        |out, n| {
            let length = n(60 * MIB).max(8 * MIB) / MIB * MIB;
            out.put(&sound())?;
            let id = Msg::new().number(1, 9).bytes;
            out.put(&head(4, length + id.len() as u64))?;
            out.put(&id)?;
            out.fill(&head(4, 0), length)
        },
    ),
    read("74 comments", 32, |out, n| {
        out.put(&sound())?;
        out.fill(&Msg::new().number(13, 1).bytes, n(512 * MIB))
    }),
    read("74 packed comments", 192, |out, n| {
        let length = n(60 * MIB) / MIB * MIB;
        out.put(&sound())?;
        out.put(&head(13, length))?;
        out.fill(&[1; 1024], length)
    }),
    refused(
        "74 values in one sample",
        192,
        "byte … (inflated): sample 4: value: more than 65536 of them",
        |out, n| {
            let length = n(60 * MIB).max(MIB) / MIB * MIB;
            out.put(&sound())?;
            let list = head(2, length);
            out.put(&head(2, length + list.len() as u64))?;
            out.put(&list)?;
            out.fill(&[1; 1024], length)
        },
    ),
    // A product of two lengths: rows times sample types.
    refused("75 many types times many rows", 1024, EITHER, |out, n| {
        // At most 65,536 types are allowed.
        let (types, rows) = (n(60_000).max(20_000), n(160_000).max(30_000));
        let list = |count: u64, piece: &dyn Fn(u64) -> Vec<u8>| {
            (1..=count).flat_map(piece).collect::<Vec<u8>>()
        };
        out.put(&head(6, 0))?;
        out.put(&list(types.max(rows), &|i| {
            Msg::new().bytes(6, format!("t{i}").as_bytes()).bytes
        }))?;
        out.put(&list(types, &|i| {
            Msg::new().message(1, &Msg::new().number(1, i)).bytes
        }))?;
        out.put(&list(rows, &|id| {
            let line = Msg::new().number(1, id);
            Msg::new()
                .message(5, &Msg::new().number(1, id).number(2, id).number(4, id))
                .message(4, &Msg::new().number(1, id).message(4, &line))
                .bytes
        }))?;
        let sample = Msg::new()
            .bytes(1, &list(rows, &varint))
            .bytes(2, &vec![1; types as usize]);
        out.put(&Msg::new().message(2, &sample).bytes)
    }),
    // One name in many rows: as many copies as rows would be terabytes.
    refused(
        "76 a name of 16 MiB on 100,000 lines, by line",
        1024,
        EITHER,
        |out, n| {
            let name = vec![b'n'; n(16 * MIB) as usize];
            long_name(out, &name, n(100_000))
        },
    )
    .asked("line"),
    refused(
        "76 a file name of 16 MiB of 100,000 functions",
        1024,
        EITHER,
        |out, n| {
            let name = vec![b'/'; n(16 * MIB) as usize];
            out.put(&sound())?;
            out.put(&Msg::new().bytes(6, &name).bytes)?;
            let file = Profile::small().strings.len() as u64;
            let rows = n(100_000);
            distinct(out, rows * 60, |index| {
                let id = 100 + index;
                let name = format!("main.f{index}");
                Msg::new()
                    .bytes(6, name.as_bytes())
                    .message(
                        5,
                        &Msg::new()
                            .number(1, id)
                            .number(2, file + index)
                            .number(4, file),
                    )
                    .message(
                        4,
                        &Msg::new()
                            .number(1, id)
                            .message(4, &Msg::new().number(1, id)),
                    )
                    .message(2, &Msg::new().bytes(1, &varint(id)).bytes(2, &[1; 4]))
                    .bytes
            })
        },
    ),
    read(
        "77 a name of 16 MiB on 100,000 lines, filtered",
        1024,
        |out, n| {
            let name = vec![b'n'; n(16 * MIB) as usize];
            long_name(out, &name, n(100_000))
        },
    )
    .asked("focus"),
    // As much as the memory limit lets through, then what the report adds to it.
    read("78 distinct functions", 1024, |out, n| {
        functions(out, n(24 * MIB))
    }),
    refused(
        "78 distinct functions, about as many as the limit allows",
        1024,
        EITHER,
        |out, n| functions(out, n(44 * MIB)),
    ),
    refused(
        "78 distinct functions beyond the limit",
        1024,
        MEMORY,
        |out, n| functions(out, n(1024 * MIB).max(70 * MIB)),
    ),
    refused("78 distinct sizes", 1024, EITHER, |out, n| {
        out.put(&sound())?;
        let key = Profile::small()
            .strings
            .iter()
            .position(|s| s == b"bytes")
            .unwrap() as u64;
        distinct(out, n(60 * MIB), move |index| {
            let label = Msg::new().number(1, key).number(3, index);
            let sample = Msg::new()
                .bytes(1, &[1])
                .bytes(2, &[1; 4])
                .message(3, &label);
            Msg::new().message(2, &sample).bytes
        })
    }),
    refused(
        "78 distinct sizes beyond the limit",
        1024,
        MEMORY,
        |out, n| {
            out.put(&sound())?;
            distinct(out, n(1024 * MIB).max(60 * MIB), |index| {
                let label = Msg::new().number(1, 4).number(3, index);
                let sample = Msg::new()
                    .bytes(1, &[1])
                    .bytes(2, &[1; 4])
                    .message(3, &label);
                Msg::new().message(2, &sample).bytes
            })
        },
    ),
    refused("78 distinct strings", 1024, EITHER, |out, n| {
        out.put(&Profile::small().bytes(Layout::Go))?;
        distinct(out, n(250 * MIB), |index| {
            Msg::new().bytes(6, &index.to_le_bytes()[..4]).bytes
        })
    }),
    refused("78 distinct stacks, piped", 1024, MEMORY, |out, n| {
        out.put(&sound())?;
        distinct(out, n(4096 * MIB).max(160 * MIB), |index| {
            let digits: Vec<u8> = (0..40).map(|bit| 1 + (index >> bit & 1) as u8).collect();
            Msg::new()
                .message(2, &Msg::new().bytes(1, &digits).bytes(2, &[1; 4]))
                .bytes
        })
    })
    .asked("pipe"),
    read("78 distinct stacks", 64, |out, n| {
        out.put(&sound())?;
        distinct(out, n(1024 * MIB), |index| {
            let digits: Vec<u8> = (0..40).map(|bit| 1 + (index >> bit & 1) as u8).collect();
            Msg::new()
                .message(2, &Msg::new().bytes(1, &digits).bytes(2, &[1; 4]))
                .bytes
        })
    }),
];

/// Sites with names of their own.
fn functions(out: &mut Out<'_>, bytes: u64) -> io::Result<()> {
    out.put(&sound())?;
    let first = Profile::small().strings.len() as u64;
    distinct(out, bytes, |index| {
        let name = format!("main.f{index}");
        [
            Msg::new().bytes(6, name.as_bytes()).bytes,
            site(index, first + index - 1),
        ]
        .concat()
    })
}

/// One function of this name, and many locations in it, each on a line of its own.
fn long_name(out: &mut Out<'_>, name: &[u8], lines: u64) -> io::Result<()> {
    out.put(&sound())?;
    out.put(&Msg::new().bytes(6, name).bytes)?;
    let index = Profile::small().strings.len() as u64;
    out.put(
        &Msg::new()
            .message(5, &Msg::new().number(1, 99).number(2, index))
            .bytes,
    )?;
    distinct(out, lines * 30, |index| {
        let id = 100 + index;
        let line = Msg::new().number(1, 99).number(2, index);
        Msg::new()
            .message(4, &Msg::new().number(1, id).message(4, &line))
            .message(2, &Msg::new().bytes(1, &varint(id)).bytes(2, &[1; 4]))
            .bytes
    })
}

#[test]
fn bombs_stay_within_memory_and_time() {
    let wish = std::env::var("MEMLENS_BOMBS").unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for bomb in BOMBS {
        let full = wish == "full" || (!wish.is_empty() && bomb.name.contains(&wish));
        if !wish.is_empty() && !full {
            continue;
        }
        let scale = |bytes: u64| if full { bytes } else { bytes / 64 };
        let file = folder.path().join("bomb.pb.gz");
        let mut out = Gz::new(BufWriter::new(File::create(&file).unwrap())).unwrap();
        (bomb.make)(&mut out, &scale)
            .and_then(|()| out.finish())
            .unwrap();
        wrong.extend(judge(bomb, &file).err());
    }
    assert!(
        wrong.is_empty(),
        "{} bombs:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn many_members_and_endless_devices_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("members.pb.gz");
    let whole = [
        gzip(b"").repeat(200_000),
        gzip(&sound()),
        gzip(b"").repeat(200_000),
    ]
    .concat();
    std::fs::write(&file, whole).unwrap();
    let members = read("11 200,000 empty members", 32, |_, _| Ok(()));
    assert_eq!(judge(&members, &file), Ok(()));
    let zeros = "not a profile: nothing but zero bytes";
    let device = refused("65 /dev/zero", 32, zeros, |_, _| Ok(()));
    if cfg!(unix) {
        assert_eq!(judge(&device, Path::new("/dev/zero")), Ok(()));
    }
}

/// Has a file read by a process of its own.
fn judge(bomb: &Bomb, file: &Path) -> Result<(), String> {
    let name = bomb.name;
    let stdout = tempfile::NamedTempFile::new().unwrap();
    let stderr = tempfile::NamedTempFile::new().unwrap();
    // Four GiB of addresses, so that a failure of ours is none of the machine.
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 4194304; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["bombs::child", "--exact", "--nocapture"])
        .env(HOW, bomb.how)
        .env(FILE, file)
        .stdin(File::open(file).unwrap())
        .stdout(stdout.reopen().unwrap())
        .stderr(stderr.reopen().unwrap());
    let start = Instant::now();
    let usage = command.spawn().unwrap().wait4().unwrap();
    let took = start.elapsed();
    // What the system says of a new process counts what was ours between fork and exec; so the
    // process itself says, where it can.
    let own = std::fs::read_to_string(stdout.path()).unwrap();
    let own = own
        .lines()
        .find_map(|line| line.split_once(PEAK)?.1.trim().parse().ok());
    let memory = own.unwrap_or(usage.rusage.maxrss) / MIB;
    let says = std::fs::read_to_string(stderr.path()).unwrap();
    let says = says.trim_end();
    println!("{name}: {memory} MiB, {took:.1?} {says:.200}");
    let verdict = match (usage.status.code(), bomb.refused) {
        (Some(0), None) => Ok(()),
        (Some(2), Some(EITHER)) => Ok(()),
        (Some(0), Some(EITHER)) => Ok(()),
        (Some(2), Some(message)) if matches(&format!("…: {message}"), says) => Ok(()),
        _ => Err(format!("{name}: {:?}: {says:.300}", usage.status)),
    };
    verdict?;
    if memory > bomb.memory {
        return Err(format!("{name}: {memory} MiB, allowed {}", bomb.memory));
    }
    // What is not optimised is slow in ways that say nothing.
    let patience = if cfg!(debug_assertions) { 300 } else { 60 };
    if took > Duration::from_secs(patience) {
        return Err(format!("{name}: {took:?}"));
    }
    Ok(())
}

const HOW: &str = "MEMLENS_BOMB_HOW";
const FILE: &str = "MEMLENS_BOMB_FILE";

/// Not a test of its own: the process that [`judge`] starts.
#[test]
fn child() {
    let (Ok(how), Some(file)) = (std::env::var(HOW), std::env::var_os(FILE)) else {
        return;
    };
    // A hang must end, too.
    std::thread::spawn(|| {
        std::thread::sleep(Duration::from_secs(300));
        std::process::exit(3);
    });
    let outcome = ask(&how, &file);
    if let Some(bytes) = peak() {
        writeln!(io::stdout(), "{PEAK}{bytes}").unwrap();
    }
    if let Err(message) = outcome {
        // Past the test harness, which would keep it.
        io::stderr().write_all(message.as_bytes()).unwrap();
        std::process::exit(2);
    }
    std::process::exit(0);
}

const PEAK: &str = "peak bytes ";

/// The largest memory of this process so far, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// What `memlens top` does: `pipe` reads standard input, `line` goes by line, `focus` filters.
fn ask(how: &str, file: &std::ffi::OsStr) -> Result<(), String> {
    let source = match how {
        "pipe" => Source::Stdin,
        _ => Source::File(file.into()),
    };
    let by = if how == "line" {
        By::Line
    } else {
        By::Function
    };
    let regex = |text| regex::bytes::Regex::new(text).ok();
    let filter = match how {
        "focus" => Filter {
            focus: regex("nx$|main"),
            hide: regex("hidden$"),
            ..Filter::default()
        },
        _ => Filter::default(),
    };
    let query = Query {
        by,
        filter,
        count_stacks: false,
        ..Query::default()
    };
    let error = |error: &dyn std::error::Error| error.to_string();
    let mut input = Input::open(&source, &Limits::default()).map_err(|e| error(&e))?;
    let limits = DecodeLimits::default();
    let sites = aggregate::read(&mut input, &query, &limits).map_err(|e| error(&e))?;
    let options = Options {
        by,
        limit: Some(25),
        ..Options::default()
    };
    let report = Report::new(sites, vec!["x".into()], vec![], &options).map_err(|e| error(&e))?;
    serde_json::to_writer(io::sink(), &report).map_err(|e| error(&e))
}
