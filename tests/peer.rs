//! `go tool pprof -top` is the peer: every row of it, flat and cum, and the total must be ours too.
//!
//! With Go at hand pprof runs here, on the same files at the same time. Without, what it said when
//! the profiles of testdata were made stands in for it.

#[path = "support/profiles.rs"]
mod profiles;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use memlens::aggregate::{By, Filter, Merge, Query, SampleType, Site, Sites};
use memlens::decode::DecodeLimits;
use memlens::input::{Input, Limits, Source};
use memlens::report::{Options, Report, Sort};
use regex::bytes::Regex;

// --- What is compared -----------------------------------------------------------------------

/// A row as `-top` prints it, but for the unit and the percentages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    name: Vec<u8>,
    flat: String,
    cum: String,
}

#[derive(Debug, Default)]
struct Top {
    /// The sum of flat of all rows.
    shown: String,
    total: String,
    rows: Vec<Row>,
}

/// What to ask both for.
#[derive(Clone, Debug)]
struct Question {
    by: By,
    sample_type: SampleType,
    /// As pprof takes them: `-cum`, `-focus=…` and so on.
    flags: Vec<String>,
}

impl Question {
    fn query(&self) -> Query {
        let expression = |name: &str| {
            let mut flags = self.flags.iter();
            let expression = flags.find_map(|flag| flag.strip_prefix(name));
            expression.map(|expression| Regex::new(expression).expect("a regular expression"))
        };
        Query {
            by: self.by,
            filter: Filter {
                focus: expression("-focus="),
                ignore: expression("-ignore="),
                hide: expression("-hide="),
                show: expression("-show="),
            },
            count_stacks: false,
            ..Query::default()
        }
    }

    fn sort(&self) -> Sort {
        if self.flags.iter().any(|flag| flag == "-cum") {
            Sort::Cum
        } else {
            Sort::Flat
        }
    }
}

/// All differences between what the two say; `None` when there are none.
fn differences(ours: &Top, theirs: &Top, question: &Question) -> Option<String> {
    let mut found = Vec::new();
    if (&ours.shown, &ours.total) != (&theirs.shown, &theirs.total) {
        found.push(format!(
            "memlens accounts for {} of {}, pprof for {} of {}",
            ours.shown, ours.total, theirs.shown, theirs.total
        ));
    }
    let (mut our_rows, mut their_rows) = (ours.rows.clone(), theirs.rows.clone());
    our_rows.sort_unstable();
    their_rows.sort_unstable();
    let text = |row: &Row| {
        let name = String::from_utf8_lossy(&row.name);
        format!("flat {} cum {} {name}", row.flat, row.cum)
    };
    if our_rows != their_rows {
        let missing = their_rows.iter().filter(|row| !our_rows.contains(row));
        found.extend(missing.map(|row| format!("only pprof: {}", text(row))));
        let more = our_rows.iter().filter(|row| !their_rows.contains(row));
        found.extend(more.map(|row| format!("only memlens: {}", text(row))));
        let (ours, theirs) = (our_rows.len(), their_rows.len());
        found.push(format!("memlens has {ours} rows, pprof {theirs}"));
    }
    // Rows without a name and lines of equal weight stand in another order on purpose: numbers
    // are compared as numbers.
    let names_rank = question.by == By::Function
        && (theirs.rows.iter()).all(|row| !row.name.starts_with(b"[") && row.name != b"<unknown>");
    if found.is_empty() && names_rank && ours.rows != theirs.rows {
        found.push("the rows are the same, their order is not".to_owned());
    }
    found.truncate(8);
    (!found.is_empty()).then(|| found.join("\n    "))
}

// --- Our side -------------------------------------------------------------------------------

fn read(path: &Path, query: &Query) -> Result<Sites, String> {
    let source = Source::File(path.to_owned());
    let mut input = Input::open(&source, &Limits::default()).map_err(|error| error.to_string())?;
    memlens::aggregate::read(&mut input, query, &DecodeLimits::default())
        .map_err(|error| error.to_string())
}

/// One profile, or several merged.
fn read_all(paths: &[&Path], query: &Query) -> Result<Sites, String> {
    let mut merge = Merge::default();
    for path in paths {
        let sites = read(path, query)?;
        merge.add(sites).map_err(|error| error.to_string())?;
    }
    Ok(merge.finish().expect("at least one profile"))
}

fn our_top(sites: &Sites, question: &Question) -> Top {
    let name = &question.sample_type.name;
    let column = sites
        .header
        .column(name)
        .expect("a sample type of the profile");
    // As pprof prints them: beyond 2^53 in the form of the nearest float.
    let text = |value: i64| format!("{:.0}", value as f64);
    let value = |values: &[i64]| values.get(column).copied().unwrap_or(0);

    let rows = sites
        .rows
        .iter()
        .filter(|site| value(&site.flat) != 0 || value(&site.cum) != 0)
        .map(|site| Row {
            name: printable_name(site),
            flat: text(value(&site.flat)),
            cum: text(value(&site.cum)),
        });
    let mut top = Top {
        shown: text(sites.rows.iter().map(|site| value(&site.flat)).sum()),
        total: text(value(&sites.totals)),
        rows: rows.collect(),
    };

    // The order is that of the report, where function names are as in the profile.
    let options = Options {
        by: question.by,
        sample_type: Some(name.clone()),
        sort: question.sort(),
        ..Options::default()
    };
    let report = Report::new(sites.clone(), Vec::new(), Vec::new(), &options);
    let report = report.expect("a sample type of the profile");
    assert_eq!(report.sites.len(), top.rows.len());
    if question.by == By::Function {
        let ranks: BTreeMap<&[u8], usize> = report
            .sites
            .iter()
            .filter_map(|site| Some((site.function.as_ref()?.as_bytes(), site.rank)))
            .collect();
        top.rows
            .sort_by_key(|row| ranks.get(&row.name[..]).copied());
    }
    top
}

/// As `NameComponents` in google/pprof's `internal/graph/graph.go`.
fn printable_name(site: &Site) -> Vec<u8> {
    let key = &site.key;
    let mut parts: Vec<Vec<u8>> = Vec::new();
    if !key.name.is_empty() {
        parts.push(key.name.clone());
    }
    if key.line != 0 {
        parts.push([&key.file[..], format!(":{}", key.line).as_bytes()].concat());
    } else if !key.file.is_empty() {
        parts.push(key.file.clone());
    } else if key.name.is_empty() {
        parts.push(match &key.object[..] {
            b"" => b"<unknown>".to_vec(),
            object => {
                let base = object.rsplit(|&byte| byte == b'/').next();
                [b"[", base.unwrap_or(object), b"]"].concat()
            }
        });
    }
    parts.join(&b' ')
}

// --- pprof's side ---------------------------------------------------------------------------

/// Reads what `-top` prints.
fn parse_top(output: &[u8]) -> Top {
    let mut top = Top::default();
    let mut lines = output.split(|&byte| byte == b'\n');
    for line in &mut lines {
        if let Some(shown) = line.strip_prefix(b"Showing nodes accounting for ") {
            let shown = String::from_utf8_lossy(shown);
            let (shown, total) = shown.split_once(" of ").expect("… of … total");
            top.shown = number(shown);
            top.total = number(total);
        }
        if line.trim_ascii_start().starts_with(b"flat  flat%") {
            break;
        }
    }
    top.rows = lines
        .filter(|line| !line.is_empty())
        .map(parse_row)
        .collect();
    top
}

/// `%10s %5s%% %5s%% %10s %5s%%  %s%s`: flat, flat%, sum%, cum, cum%, the name and, behind it,
/// whether the function was inlined.
fn parse_row(line: &[u8]) -> Row {
    let mut rest = line;
    let mut words: [&[u8]; 5] = [b""; 5];
    for word in &mut words {
        rest = rest.trim_ascii_start();
        let end = rest.iter().position(|&byte| byte == b' ');
        (*word, rest) = rest.split_at(end.expect("five columns and a name"));
    }
    let name = rest.strip_prefix(b"  ").expect("a name");
    let name = name.strip_suffix(b" (inline)").unwrap_or(name);
    let name = name.strip_suffix(b" (partial-inline)").unwrap_or(name);
    Row {
        name: name.to_vec(),
        flat: number(&String::from_utf8_lossy(words[0])),
        cum: number(&String::from_utf8_lossy(words[3])),
    }
}

/// The number at the start of a text, without its unit.
fn number(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    assert!(end > 0, "{text:?} is no number");
    text[..end].to_owned()
}

struct Pprof {
    program: PathBuf,
    /// An empty folder, so that pprof finds no binaries of this machine's user.
    binaries: tempfile::TempDir,
}

impl Pprof {
    /// The program behind `go tool pprof`, which starts much faster than through it.
    fn find() -> Result<Self, String> {
        let output = Command::new("go").args(["tool", "-n", "pprof"]).output();
        let output = output.map_err(|error| format!("go: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let program = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        if !program.is_file() {
            return Err(format!("{}: not there", program.display()));
        }
        Ok(Self {
            program,
            binaries: tempfile::tempdir().map_err(|error| error.to_string())?,
        })
    }

    /// `-top` with every row, values in full.
    fn top(&self, paths: &[&Path], question: &Question, granularity: &str) -> Result<Top, String> {
        let unit = match &question.sample_type.unit[..] {
            "bytes" => "B",
            "nanoseconds" => "ns",
            other => other,
        };
        let output = Command::new(&self.program)
            .args(["-top", "-symbolize=none", granularity])
            .args(["-nodefraction=0", "-edgefraction=0", "-nodecount=0"])
            .arg(format!("-sample_index={}", question.sample_type.name))
            .arg(format!("-unit={unit}"))
            .args(&question.flags)
            .args(paths)
            .env("PPROF_BINARY_PATH", self.binaries.path())
            .env("PPROF_TMPDIR", self.binaries.path())
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(parse_top(&output.stdout))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

fn granularity(by: By) -> &'static str {
    match by {
        By::Function => "-functions",
        By::Line => "-lines",
        By::File => "-files",
        By::Package => unreachable!("pprof knows no packages"),
    }
}

// --- The comparison -------------------------------------------------------------------------

/// What was compared and what was found.
#[derive(Default)]
struct Tally {
    profiles: AtomicUsize,
    tables: AtomicUsize,
    rows: AtomicUsize,
    differences: Mutex<Vec<String>>,
}

impl Tally {
    fn compare(&self, ours: &Top, theirs: &Top, question: &Question, what: &str) {
        self.tables.fetch_add(1, Ordering::Relaxed);
        self.rows.fetch_add(theirs.rows.len(), Ordering::Relaxed);
        if let Some(differences) = differences(ours, theirs, question) {
            let Question {
                by,
                sample_type,
                flags,
            } = question;
            let sample_type = &sample_type.name;
            self.differ(format!(
                "{what} {by:?} {sample_type} {flags:?}\n    {differences}"
            ));
        }
    }

    fn differ(&self, difference: String) {
        let mut differences = self.differences.lock().expect("no panic elsewhere");
        differences.push(difference);
    }

    /// Fails when anything differed, or when next to nothing was compared.
    #[expect(
        clippy::print_stderr,
        reason = "says how much a passing test has compared"
    )]
    fn finish(self, enough_rows: usize) {
        let differences = self.differences.into_inner().expect("no panic elsewhere");
        let (profiles, tables) = (self.profiles.into_inner(), self.tables.into_inner());
        let rows = self.rows.into_inner();
        eprintln!("{profiles} profiles, {tables} tables, {rows} rows compared");
        assert!(
            differences.is_empty(),
            "{} of {tables} tables differ:\n{}",
            differences.len(),
            differences.join("\n")
        );
        assert!(rows >= enough_rows, "only {rows} rows were compared");
    }
}

/// Every sample type by function and by line; the default one also by file and ordered by cum,
/// and with filters.
fn compare_live(pprof: &Pprof, path: &Path, tally: &Tally) {
    let what = path.display().to_string();
    let everything = Query::default();
    let sites = match read(path, &everything) {
        Ok(sites) => sites,
        Err(error) => {
            let any = Question {
                by: By::Function,
                sample_type: SampleType {
                    name: String::new(),
                    unit: "B".to_owned(),
                },
                flags: Vec::new(),
            };
            if pprof.top(&[path], &any, "-functions").is_ok() {
                tally.differ(format!("{what}: pprof reads it, memlens does not: {error}"));
            }
            return;
        }
    };
    tally.profiles.fetch_add(1, Ordering::Relaxed);
    let types = sites.header.sample_types.clone();
    let default = types[sites.header.default_column()].clone();
    let question = |by, sample_type: &SampleType, flags: &[String]| Question {
        by,
        sample_type: sample_type.clone(),
        flags: flags.to_vec(),
    };

    let mut questions = Vec::new();
    for sample_type in &types {
        for by in [By::Function, By::Line] {
            questions.push(question(by, sample_type, &[]));
        }
    }
    questions.push(question(By::Function, &default, &["-cum".to_owned()]));
    // Each filter on a small profile; on a large one, of which each costs seconds, every third.
    let step = if sites.rows.len() > 1500 { 3 } else { 1 };
    for flags in filters(&sites).into_iter().step_by(step) {
        for by in [By::Function, By::Line] {
            questions.push(question(by, &default, &flags));
        }
    }
    for question in &questions {
        match (
            read(path, &question.query()),
            pprof.top(&[path], question, granularity(question.by)),
        ) {
            (Ok(sites), Ok(theirs)) => {
                tally.compare(&our_top(&sites, question), &theirs, question, &what);
            }
            (ours, theirs) => {
                let (ours, theirs) = (ours.err(), theirs.err());
                tally.differ(format!(
                    "{what}: {question:?}: memlens {ours:?}, pprof {theirs:?}"
                ));
            }
        }
    }
    for sample_type in &types {
        compare_files(pprof, path, &question(By::File, sample_type, &[]), tally);
    }
}

/// `pprof -files` prints a row for each function's first line in a file, so flat is summed up
/// here. cum cannot be: a stack that meets a file twice counts twice.
fn compare_files(pprof: &Pprof, path: &Path, question: &Question, tally: &Tally) {
    let what = path.display().to_string();
    let flat_by_file = |top: Top| {
        let mut sums: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
        for row in &top.rows {
            let flat: i64 = row.flat.parse().expect("a whole number");
            *sums.entry(row.name.clone()).or_default() += flat;
        }
        sums.retain(|_, flat| *flat != 0);
        let rows = sums.into_iter().map(|(name, flat)| Row {
            name,
            flat: flat.to_string(),
            cum: String::new(),
        });
        Top {
            rows: rows.collect(),
            ..top
        }
    };
    let sites = read(path, &question.query());
    let sites = sites.expect("what could be read before");
    match pprof.top(&[path], question, "-files") {
        Ok(theirs) => {
            let ours = flat_by_file(our_top(&sites, question));
            tally.compare(&ours, &flat_by_file(theirs), question, &what);
        }
        Err(error) => tally.differ(format!("{what}: {error}")),
    }
}

/// Filters that every program has something for, and some that are made for this one.
fn filters(sites: &Sites) -> Vec<Vec<String>> {
    let mut filters = vec![
        vec!["-focus=main|telemetry|prometheus"],
        vec!["-ignore=json|bufio"],
        vec![r"-hide=^(runtime|testing|strings)\."],
        vec![r"-show=\(\*[A-Z]|main\."],
        vec![r"-focus=\.go$", "-ignore=compress/(gzip|flate)"],
        vec![
            "-focus=e",
            "-hide=^runtime",
            "-show=[a-z]/[a-z]|^main",
            "-cum",
        ],
        vec!["-focus=no_such_function"],
        vec!["-hide=."],
    ]
    .into_iter()
    .map(|flags| flags.into_iter().map(str::to_owned).collect())
    .collect::<Vec<Vec<String>>>();

    // The function with the highest flat and one from the middle, whatever they are called.
    let column = sites.header.default_column();
    let mut rows: Vec<&Site> = sites.rows.iter().collect();
    rows.sort_by_key(|site| {
        let flat = site.flat.get(column).copied().unwrap_or(0);
        (std::cmp::Reverse(flat.unsigned_abs()), &site.key)
    });
    let name = |place: usize| {
        let name = std::str::from_utf8(&rows.get(place)?.key.name).ok()?;
        Some(regex::escape(name))
    };
    if let (Some(first), Some(middle)) = (name(0), name(rows.len() / 2)) {
        filters.push(vec![format!("-focus=^{first}$")]);
        filters.push(vec![format!("-hide=^{first}$")]);
        filters.push(vec![
            format!("-ignore=^{first}$"),
            format!("-hide=^{middle}$"),
        ]);
        filters.push(vec![format!("-show={first}|{middle}")]);
    }
    filters
}

/// Two profiles as one: the same answer, or the same refusal.
fn compare_merged(pprof: &Pprof, paths: &[&Path; 2], tally: &Tally) {
    let what = format!("{} {}", paths[0].display(), paths[1].display());
    let Ok(first) = read(paths[0], &Query::default()) else {
        return;
    };
    if read(paths[1], &Query::default()).is_err() {
        // pprof goes on with those that it can read.
        return;
    }
    for sample_type in &first.header.sample_types {
        for by in [By::Function, By::Line] {
            let question = Question {
                by,
                sample_type: sample_type.clone(),
                flags: Vec::new(),
            };
            let ours = read_all(paths, &question.query()).and_then(|sites| {
                let column = sites.header.column(&sample_type.name);
                column.map(|_| sites).ok_or("no such type".to_owned())
            });
            match (ours, pprof.top(paths, &question, granularity(by))) {
                (Ok(sites), Ok(theirs)) => {
                    tally.compare(&our_top(&sites, &question), &theirs, &question, &what);
                }
                (Err(_), Err(_)) => {}
                (ours, theirs) => {
                    let (ours, theirs) = (ours.err(), theirs.err());
                    tally.differ(format!("{what}: memlens {ours:?}, pprof {theirs:?}"));
                }
            }
        }
    }
}

/// Runs `each` over all items, on as many threads as the machine has processors.
fn in_parallel<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    each(item);
                }
            });
        }
    });
}

#[test]
fn rows_are_those_of_go_tool_pprof() {
    let pprof = match Pprof::find() {
        Ok(pprof) => pprof,
        Err(reason) => return skip(&reason),
    };
    let all = profiles::all();
    let tally = Tally::default();
    in_parallel(&all, |path| compare_live(&pprof, path, &tally));
    tally.finish(10_000);
}

#[test]
fn merges_are_those_of_go_tool_pprof() {
    let pprof = match Pprof::find() {
        Ok(pprof) => pprof,
        Err(reason) => return skip(&reason),
    };
    let all = profiles::all();
    // Each with its neighbour, of the same kind or another, and with itself.
    let neighbours = all.windows(2).map(|pair| [&*pair[0], &*pair[1]]);
    let same = all.iter().map(|path| [&**path, &**path]);
    let pairs: Vec<[&Path; 2]> = neighbours.chain(same).collect();
    let tally = Tally::default();
    in_parallel(&pairs, |pair| compare_merged(&pprof, pair, &tally));
    tally.finish(1000);
}

#[expect(clippy::print_stderr, reason = "says why a test did nothing")]
fn skip(reason: &str) {
    let is_required = std::env::var_os("MEMLENS_REQUIRE_GO").is_some_and(|value| value == "1");
    assert!(!is_required, "MEMLENS_REQUIRE_GO=1, but: {reason}");
    eprintln!("skipped, as there is no go tool pprof: {reason}");
}

#[test]
fn rows_are_those_that_pprof_gave_before() {
    let tally = Tally::default();
    let folders = std::fs::read_dir(profiles::testdata()).expect("testdata");
    for folder in folders {
        let folder = folder.expect("testdata").path();
        let cases = folder.join("golden/cases.tsv");
        if !folder.is_dir() {
            continue;
        }
        let cases = std::fs::read_to_string(&cases)
            .unwrap_or_else(|error| panic!("{}: {error}", cases.display()));
        let mut cases = cases.lines();
        assert_eq!(
            cases.next(),
            Some("file\tsample_type\tgranularity\tflags\tgolden")
        );
        for case in cases {
            compare_golden(&folder, case, &tally);
        }
        tally
            .profiles
            .fetch_add(count_profiles(&folder), Ordering::Relaxed);
    }
    tally.finish(5000);
}

fn compare_golden(folder: &Path, case: &str, tally: &Tally) {
    let fields: Vec<&str> = case.split('\t').collect();
    let [file, sample_type, granularity, flags, golden] = fields[..] else {
        panic!("{case:?}: five fields are expected");
    };
    let question = Question {
        by: match granularity {
            "functions" => By::Function,
            "lines" => By::Line,
            other => panic!("{case:?}: unknown granularity {other:?}"),
        },
        sample_type: SampleType {
            name: sample_type.to_owned(),
            unit: String::new(),
        },
        flags: flags.split_whitespace().map(str::to_owned).collect(),
    };
    let known = ["-cum", "-focus=", "-ignore=", "-hide=", "-show="];
    for flag in &question.flags {
        assert!(
            known.iter().any(|known| flag.starts_with(known)),
            "{case:?}"
        );
    }
    let sites = read(&folder.join(file), &question.query());
    let sites = sites.unwrap_or_else(|error| panic!("{case:?}: {error}"));
    let golden = std::fs::read(folder.join("golden").join(golden));
    let theirs = parse_top(&golden.unwrap_or_else(|error| panic!("{case:?}: {error}")));
    let what = folder.join(file).display().to_string();
    tally.compare(&our_top(&sites, &question), &theirs, &question, &what);
}

fn count_profiles(folder: &Path) -> usize {
    let golden = OsStr::new("golden");
    let files = std::fs::read_dir(folder).expect("testdata");
    files
        .filter(|file| file.as_ref().expect("testdata").file_name() != golden)
        .count()
}
