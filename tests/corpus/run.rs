//! Runs the analysis on one package of the corpus with some of the channels.

use std::path::PathBuf;

use memlens::aggregate::{self, Modules, Query, Sites};
use memlens::decode::DecodeLimits;
use memlens::evidence::bench::{self, Bench};
use memlens::evidence::binary::{self, Binary};
use memlens::evidence::escape::{self, Escape};
use memlens::evidence::source::{Options, Sources};
use memlens::findings::{Channels, Choice, Finding, Totals, judge};
use memlens::input::{Input, Limits, Source};

use super::labels::root;

/// Which channels are there beside the profile.
#[derive(Clone, Copy, Debug)]
pub struct With {
    pub name: &'static str,
    pub source: bool,
    pub escape: bool,
    pub bench: bool,
    pub binary: bool,
}

/// All channels, and all but each.
pub const SETS: [With; 6] = {
    let all = With {
        name: "all but the binary",
        source: true,
        escape: true,
        bench: true,
        binary: false,
    };
    [
        With {
            name: "all channels",
            binary: true,
            ..all
        },
        all,
        With {
            name: "no source",
            source: false,
            ..all
        },
        With {
            name: "no escape",
            escape: false,
            ..all
        },
        With {
            name: "no bench",
            bench: false,
            ..all
        },
        With {
            name: "the profile alone",
            source: false,
            escape: false,
            bench: false,
            ..all
        },
    ]
};

/// Where test binaries and the profiles that they wrote are: made by `BINARIES=DIR
/// testdata/corpus/make`, which replaces the profiles in testdata.
pub fn binaries() -> Option<PathBuf> {
    std::env::var_os("MEMLENS_CORPUS_BINARIES").map(PathBuf::from)
}

/// What was read of a profile.
pub struct Analysis {
    pub sites: Sites,
    pub findings: Vec<Finding>,
}

pub fn analyze(package: &str, with: With) -> Analysis {
    let data = root().join("data").join(package);
    let mut channels = Channels::default();
    if with.source {
        channels.sources = Some(Sources::new(Options::new(root())));
    }
    if with.escape {
        let read = Escape::read(&data.join("escape.txt"), &escape::Limits::default());
        channels.escape = Some(read.expect("the compiler's text"));
    }
    if with.bench {
        let read = Bench::read(&[data.join("bench.txt")], &bench::Limits::default());
        channels.bench = Some(read.expect("benchmark figures"));
    }
    if with.binary
        && let Some(dir) = binaries()
    {
        let path = dir.join(format!("{package}.test"));
        channels.binary = Some(Binary::open(&path, &binary::Limits::default()).expect("a binary"));
    }
    let source = Source::File(data.join("mem.out"));
    let mut input = Input::open(&source, &Limits::default()).expect("a profile");
    let query = Query {
        hot: Some(Modules {
            candidates: vec!["example.org/corpus".to_owned()],
        }),
        ..Query::default()
    };
    let sites = aggregate::read(&mut input, &query, &DecodeLimits::default()).expect("a profile");
    let total = |name: &str| {
        let column = sites.header.column(name).expect("a heap profile");
        sites.totals[column]
    };
    let totals = Totals(
        [
            "alloc_objects",
            "alloc_space",
            "inuse_objects",
            "inuse_space",
        ]
        .map(total),
    );
    let hot = sites.hot.as_ref().expect("a heap profile");
    let findings = judge(hot, totals, None, &channels, &Choice::default()).findings;
    Analysis { sites, findings }
}
