//! The binary channel on programs that Go builds here and now, for all it can be told to build for.
//!
//! Each function of `testdata/programs/operations` is called by the operation its allocations must
//! be found to be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use memlens::decode::{self, DecodeLimits, Malformed, Sample, Samples, Sink, Tables, TablesSoFar};
use memlens::evidence::binary::{Binary, Boxed, Identity, Limits, Mapping, Operation};
use memlens::input::{Input, Source};

const PACKAGE: &str = "example.com/telemetry/operations";

/// The operations that a function may have been seen to do, by how its name begins. Longer
/// beginnings come first.
const EXPECTED: [(&str, &[Operation]); 18] = [
    ("BoxString", &[Operation::Box(Boxed::String)]),
    ("BoxSlice", &[Operation::Box(Boxed::Slice)]),
    ("BoxValueRecord", &[Operation::Box(Boxed::Pointers)]),
    ("BoxValue", &[Operation::Box(Boxed::NoPointers)]),
    ("BoxWord", &[Operation::Box(Boxed::Word)]),
    ("BytesToString", &[Operation::BytesToString]),
    ("Concat", &[Operation::Concat]),
    // Since Go 1.26 an appended slice may begin on the stack.
    ("GrowSlice", &[Operation::GrowSlice, Operation::MoveSlice]),
    ("MakeChan", &[Operation::MakeChan]),
    ("MakeMapSmall", &[Operation::MakeMapSmall]),
    ("MakeMap", &[Operation::MakeMap]),
    ("MakeSlice", &[Operation::MakeSlice]),
    ("MapAssign", &[Operation::MapAssign]),
    ("NewObject", &[Operation::NewObject]),
    ("RawBytes", &[Operation::RawBytes]),
    ("RunesToString", &[Operation::RunesToString]),
    ("StringToBytes", &[Operation::StringToBytes]),
    ("StringToRunes", &[Operation::StringToRunes]),
];

fn expected(function: &str) -> Option<&'static [Operation]> {
    let name = function.strip_prefix(PACKAGE)?.strip_prefix('.')?;
    if name.contains('.') {
        // A closure within it.
        return None;
    }
    let (_, operations) = EXPECTED.iter().find(|(start, _)| name.starts_with(start))?;
    Some(operations)
}

// --- Go -------------------------------------------------------------------------------------

/// A way to build a test binary.
struct Build {
    name: &'static str,
    environment: &'static [(&'static str, &'static str)],
    flags: &'static [&'static str],
}

const fn build(
    name: &'static str,
    environment: &'static [(&'static str, &'static str)],
    flags: &'static [&'static str],
) -> Build {
    Build {
        name,
        environment,
        flags,
    }
}

const CGO: &[(&str, &str)] = &[("CGO_ENABLED", "1")];

/// Those that run here, if here is Linux on amd64. The last need a C compiler, whose linker puts
/// other code before Go's.
const NATIVE: [Build; 5] = [
    build("normal", &[], &[]),
    build("stripped", &[], &["-ldflags=-s -w"]),
    build("pie", &[], &["-buildmode=pie"]),
    build("external", CGO, &["-ldflags=-linkmode=external -s -w"]),
    build(
        "external-pie",
        CGO,
        &["-buildmode=pie", "-ldflags=-linkmode=external -s -w"],
    ),
];

const FOREIGN: [Build; 5] = [
    build(
        "linux-arm64",
        &[("GOOS", "linux"), ("GOARCH", "arm64")],
        &[],
    ),
    build(
        "darwin-arm64",
        &[("GOOS", "darwin"), ("GOARCH", "arm64")],
        &[],
    ),
    build(
        "darwin-amd64",
        &[("GOOS", "darwin"), ("GOARCH", "amd64")],
        &[],
    ),
    build(
        "windows-amd64",
        &[("GOOS", "windows"), ("GOARCH", "amd64")],
        &[],
    ),
    build(
        "windows-arm64",
        &[("GOOS", "windows"), ("GOARCH", "arm64")],
        &[],
    ),
];

fn go(environment: &[(&str, &str)]) -> Command {
    let mut go = Command::new("go");
    go.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/programs"))
        .envs([("GOENV", "off"), ("GOFLAGS", ""), ("GOWORK", "off")])
        .env("CGO_ENABLED", "0")
        .envs(environment.iter().copied());
    go
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("a command that starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    output.stdout
}

fn has_go() -> bool {
    let runs = go(&[])
        .arg("version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !runs {
        skip("go does not run");
    }
    runs
}

#[expect(clippy::print_stderr, reason = "says why a test did nothing")]
fn skip(reason: &str) {
    let is_required = std::env::var_os("MEMLENS_REQUIRE_GO").is_some_and(|value| value == "1");
    assert!(!is_required, "MEMLENS_REQUIRE_GO=1, but: {reason}");
    eprintln!("skipped: {reason}");
}

/// Compiles the test binary of the package `operations`.
fn compile(build: &Build, folder: &Path) -> PathBuf {
    let binary = folder.join(build.name);
    output(
        go(build.environment)
            .args(["test", "-c", "-o"])
            .arg(&binary)
            .args(build.flags)
            .arg("./operations"),
    );
    binary
}

fn open(path: &Path) -> Binary {
    Binary::open(path, &Limits::default()).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The functions of the package `operations`, with their addresses and sizes, as Go's own reader of
/// symbol tables has them.
fn functions(binary: &Path) -> Vec<(String, u64, u64)> {
    let text = output(go(&[]).args(["tool", "nm", "-size", "-type"]).arg(binary));
    let text = String::from_utf8(text).expect("names in UTF-8");
    let functions = text.lines().filter_map(|line| {
        let [address, size, kind, name] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            return None;
        };
        expected(name).filter(|_| kind.eq_ignore_ascii_case("t"))?;
        let address = u64::from_str_radix(address, 16).expect("an address");
        Some((name.to_owned(), address, size.parse().expect("a size")))
    });
    functions.collect()
}

// --- What is in the code --------------------------------------------------------------------

/// Every function of the package must have a call of its operation in it. Those of `RawBytes` call
/// a visible function instead.
fn check_code(binary: &Binary, functions: &[(String, u64, u64)], name: &str) {
    assert!(functions.len() >= 24, "{name}: {functions:?}");
    for (function, start, size) in functions {
        let addresses = *start..start + size;
        let within = Mapping::default();
        let named = binary.function_at(within, *start);
        assert_eq!(named.as_ref(), Some(function), "{name}");
        let calls: Vec<_> = addresses
            .filter_map(|address| binary.call_before(within, address))
            .collect();
        let wanted = expected(function).expect("a function of the package");
        let is_found = calls.iter().any(|call| wanted.contains(&call.operation))
            || function.ends_with(".RawBytes")
                && calls.iter().any(|call| call.target == "strings.Join");
        assert!(is_found, "{name}: {function}: {calls:?}");
    }
}

/// What `go version -m` says is what must be found. Go before 1.24 notes nothing of modules in a test
/// binary.
fn check_build(binary: &Binary, path: &Path) {
    let text = output(go(&[]).args(["version", "-m"]).arg(path));
    let text = String::from_utf8(text).expect("names in UTF-8");
    let word = |start: &str| {
        let mut lines = text.lines().map(str::trim_start);
        let rest = lines.find_map(|line| line.strip_prefix(start));
        rest.map(|rest| rest.split('\t').next().unwrap_or_default().to_owned())
    };
    let info = binary.build_info().expect("a program of Go");
    let (_, version) = text
        .lines()
        .next()
        .expect("a line")
        .rsplit_once(": ")
        .expect("a version");
    assert_eq!(info.go_version, version, "{text}");
    assert_eq!(info.path, word("path\t").unwrap_or_default(), "{text}");
    let main = info.main.as_ref().map(|main| main.path.clone());
    assert_eq!(main, word("mod\t"), "{text}");
}

#[test]
fn programs_for_other_machines() {
    if !has_go() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for build in &FOREIGN {
        let path = compile(build, folder.path());
        let binary = open(&path);
        check_build(&binary, &path);
        check_code(&binary, &functions(&path), build.name);
        let id = output(go(&[]).args(["tool", "buildid"]).arg(&path));
        let id = String::from_utf8_lossy(&id).trim().to_owned();
        assert_eq!(
            binary.build_ids().go.as_deref(),
            Some(&*id),
            "{}",
            build.name
        );
        damage(
            &std::fs::read(&path).expect("the binary"),
            &functions(&path),
        );
    }
}

/// Headers with wrong bytes must do no harm; Mach-O and PE have no small program to try that on.
fn damage(program: &[u8], functions: &[(String, u64, u64)]) {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |limit: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % limit
    };
    let mut mutant = program.to_vec();
    for _ in 0..150 {
        let at = usize::try_from(next(0x600)).expect("a small number");
        let byte = u8::try_from(next(256)).expect("a byte");
        let old = std::mem::replace(&mut mutant[at], byte);
        if let Ok(binary) = Binary::read(std::io::Cursor::new(&mutant), &Limits::default()) {
            for (_, start, _) in functions {
                let _ = binary.call_before(Mapping::default(), start + 40);
            }
        }
        mutant[at] = old;
    }
}

#[test]
fn the_symbol_table_serves_where_the_table_of_functions_cannot() {
    if !has_go() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for build in [&NATIVE[0], &FOREIGN[1]] {
        let path = compile(build, folder.path());
        let functions = functions(&path);
        let mut bytes = std::fs::read(&path).expect("the binary");
        // No Go has this magic.
        let magics = [0xf1_u8, 0xff, 0xff, 0xff, 0, 0];
        let tables: Vec<usize> = (0..bytes.len() - 8)
            .filter(|&at| bytes[at..].starts_with(&magics) && bytes[at + 7] == 8)
            .collect();
        for at in tables {
            bytes[at] = 0x0f;
        }
        let binary = Binary::read(std::io::Cursor::new(bytes), &Limits::default())
            .expect("a program with symbols");
        let (_, start, size) = functions
            .iter()
            .find(|(name, _, _)| name.ends_with(".BoxWord"))
            .expect("the function");
        assert_eq!(binary.function_at(Mapping::default(), *start), None);
        let calls: Vec<_> = (*start..start + size)
            .filter_map(|address| binary.call_before(Mapping::default(), address))
            .collect();
        assert!(
            calls.iter().any(|call| call.target == "runtime.convT64"),
            "{}: {calls:?}",
            build.name
        );
    }
}

// --- What profiles say ----------------------------------------------------------------------

/// The hot end of each stack.
#[derive(Default)]
struct Leaves(Vec<Leaf>);

struct Leaf {
    address: u64,
    mapping: Mapping,
    build_id: String,
    /// The function that holds the address, whatever was inlined into it.
    holder: String,
    /// The first function of the package `operations` in the stack.
    operation: Option<String>,
}

impl Leaves {
    fn add(&mut self, tables: &Tables, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        let mut locations = sample.locations();
        let mut stack = Vec::new();
        while let Some(id) = locations.next()? {
            let location = tables.location(id).expect("read before");
            stack.push(location);
        }
        let names = |location| {
            let lines = tables.lines(location).iter();
            lines.map(|line| {
                tables
                    .function(line.function)
                    .map(|function| tables.text(function.name))
            })
        };
        let leaf = stack.first().expect("a stack");
        let mapping = tables.mapping(leaf.mapping).expect("a mapping");
        self.0.push(Leaf {
            address: leaf.address,
            mapping: Mapping {
                start: mapping.start,
                limit: mapping.limit,
                offset: mapping.file_offset,
            },
            build_id: tables.text(mapping.build_id).into_owned(),
            holder: names(leaf)
                .next_back()
                .flatten()
                .expect("a function")
                .into_owned(),
            operation: (stack.iter().copied().flat_map(names).flatten())
                .find(|name| expected(name).is_some())
                .map(std::borrow::Cow::into_owned),
        });
        Ok(())
    }
}

impl Sink for Leaves {
    fn samples(
        &mut self,
        tables: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        while let Some(sample) = samples.next()? {
            tables.look(|tables| self.add(tables, &sample))?;
        }
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        0
    }
}

/// Go writes functions and strings behind the samples that need them: reads twice.
fn leaves(profile: &Path) -> Vec<Leaf> {
    struct Nothing;
    impl Sink for Nothing {
        fn samples(
            &mut self,
            _: TablesSoFar<'_>,
            _: &mut Samples<'_>,
        ) -> Result<(), Box<Malformed>> {
            Ok(())
        }

        fn is_done(&self) -> bool {
            true
        }

        fn heap_bytes(&self) -> usize {
            0
        }
    }
    let limits = DecodeLimits::default();
    let source = Source::File(profile.to_owned());
    let open = || Input::open(&source, &memlens::input::Limits::default()).expect("a profile");
    let (mut tables, _) = decode::decode(open(), &limits, Nothing).expect("a profile");
    let leaves = decode::decode_samples(open(), &mut tables, &limits, Leaves::default());
    leaves.expect("a profile").0
}

/// Runs a test binary. The profile holds many thousand samples, most of the package `operations`.
fn profile(binary: &Path) -> PathBuf {
    let profile = binary.with_extension("mem.out");
    output(
        Command::new(binary)
            .args(["-test.memprofilerate=64", "-test.memprofile"])
            .arg(&profile),
    );
    profile
}

#[test]
fn samples_are_resolved_to_their_operations() {
    if !has_go() {
        return;
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return skip("the programs built are for another machine");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let has_c = Command::new("cc").arg("--version").output().is_ok();
    for build in NATIVE
        .iter()
        .filter(|build| has_c || build.environment != CGO)
    {
        let path = compile(build, folder.path());
        let leaves = leaves(&profile(&path));
        let binary = open(&path);
        check_build(&binary, &path);
        check_profile(&binary, &leaves, build.name);
    }
}

fn check_profile(binary: &Binary, leaves: &[Leaf], name: &str) {
    let (mut resolved, mut right, mut of_package) = (0, 0, 0);
    let mut seen: BTreeMap<&str, bool> = BTreeMap::new();
    let mut wrong = Vec::new();
    for leaf in leaves {
        let identity = binary.identity(&leaf.build_id);
        let has_id = !leaf.build_id.is_empty();
        assert_eq!(
            identity == Identity::Same,
            has_id,
            "{name}: {:?}",
            leaf.build_id
        );
        let holder = binary.function_at(leaf.mapping, leaf.address);
        assert_eq!(holder.as_ref(), Some(&leaf.holder), "{name}");
        let call = binary.call_before(leaf.mapping, leaf.address);
        resolved += usize::from(call.is_some());
        if let Some(function) = &leaf.operation {
            of_package += 1;
            let operations = expected(function).expect("found by it");
            let operation = call.as_ref().map(|call| call.operation);
            let is_right = operation.is_some_and(|operation| operations.contains(&operation));
            right += usize::from(is_right);
            *seen.entry(function).or_default() |= is_right;
            if !is_right {
                wrong.push((function, &leaf.holder, call));
            }
        }
    }
    let figures = format!(
        "{name}: {} samples, {resolved} resolved; of the package {of_package}, {right} right; {wrong:?}",
        leaves.len()
    );
    say(&figures);
    assert!(resolved * 100 >= leaves.len() * 95, "{figures}");
    assert!(right * 100 >= of_package * 95, "{figures}");
    assert!(
        seen.len() >= 24 && seen.values().all(|&right| right),
        "{figures}: {seen:?}"
    );
}

#[test]
fn opening_and_looking_up_is_quick() {
    if !has_go() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = compile(&NATIVE[0], folder.path());
    let functions = functions(&path);
    let lookups: Vec<u64> = functions
        .iter()
        .flat_map(|(_, start, size)| *start..start + size)
        .cycle()
        .take(1000)
        .collect();
    let best = (0..5).map(|_| {
        let start = Instant::now();
        let binary = open(&path);
        let found = lookups
            .iter()
            .filter(|&&address| binary.call_before(Mapping::default(), address).is_some());
        assert!(found.count() > 0);
        start.elapsed()
    });
    let best = best.min().expect("a run");
    let size = std::fs::metadata(&path).expect("the binary").len();
    say(&format!("{size} bytes opened, 1000 lookups: {best:?}"));
    // Some twenty times what an idle machine needs.
    assert!(best < Duration::from_millis(200), "{best:?}");
}

#[expect(clippy::print_stderr, reason = "figures for whoever asks for them")]
fn say(figures: &str) {
    eprintln!("{figures}");
}
