//! Scenes for tests of rules, from a few lines of Go and sizes.

use std::num::NonZeroU64;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use crate::aggregate::hot::{Frame, HotPath, Instruction};
use crate::evidence::escape::{Escape, Limits};
use crate::evidence::shape::Size;
use crate::evidence::source::{Package, SourceFile};
use crate::findings::channels::Channels;
use crate::findings::draft::Draft;
use crate::findings::rule::Rule;
use crate::findings::scene::{Loaded, Scene};
use crate::findings::spot::{Part, Spot, Totals, Way};

const PACKAGE: &str = "example.com/m";
const FILE: &str = "example.com/m/m.go";

/// A line that allocates.
#[derive(Clone, Debug)]
pub(super) struct Case {
    source: String,
    function: String,
    below: Vec<(String, String)>,
    sizes: Vec<(u64, i64, i64)>,
    escape: Option<String>,
    has_source: bool,
    caller: Option<(String, i64)>,
}

impl Case {
    /// The line that ends with `// here` of a file of Go, without its package clause, in the
    /// function of this name (`(*T).F` of a method).
    pub(super) fn new(source: &str, function: &str) -> Self {
        Self {
            source: format!("package m\n{source}"),
            function: format!("{PACKAGE}.{function}"),
            below: Vec::new(),
            sizes: Vec::new(),
            escape: None,
            has_source: true,
            caller: None,
        }
    }

    /// Objects of these sizes: bytes of each and how many, all dead.
    pub(super) fn allocates(mut self, sizes: &[(u64, i64)]) -> Self {
        self.sizes = sizes.iter().map(|&(bytes, n)| (bytes, n, 0)).collect();
        self
    }

    /// All objects are in use.
    pub(super) fn live(mut self) -> Self {
        for (_, objects, live) in &mut self.sizes {
            *live = *objects;
        }
        self
    }

    /// They are allocated below these functions of other packages, with their files, leaf first.
    pub(super) fn below(mut self, frames: &[(&str, &str)]) -> Self {
        let owned = |&(function, file): &(&str, &str)| (function.to_owned(), file.to_owned());
        self.below = frames.iter().map(owned).collect();
        self
    }

    /// What the compiler says, in the form of `-m=2`.
    pub(super) fn compiler_says(mut self, text: &str) -> Self {
        self.escape = Some(text.to_owned());
        self
    }

    /// The own function further up the stack, and the line of its call in the source that was given.
    pub(super) fn called_by(mut self, function: &str, line: i64) -> Self {
        self.caller = Some((format!("{PACKAGE}.{function}"), line + 1));
        self
    }

    /// Without its source.
    pub(super) fn without_source(mut self) -> Self {
        self.has_source = false;
        self
    }

    /// What a rule says of the line.
    pub(super) fn judge(&self, rule: &dyn Rule) -> Option<Draft> {
        let period = NonZeroU64::MIN;
        let line = 1 + self
            .source
            .lines()
            .position(|line| line.ends_with("// here"))
            .expect("a line that ends with // here");
        let mut frames: Vec<Frame> = self
            .below
            .iter()
            .map(|(function, file)| Frame {
                function: function.clone(),
                package: function.split('.').next().unwrap_or_default().to_owned(),
                file: file.clone(),
                line: 1,
            })
            .collect();
        let place = Frame {
            function: self.function.clone(),
            package: PACKAGE.to_owned(),
            file: FILE.to_owned(),
            line: i64::try_from(line).expect("a small number"),
        };
        let own = frames.len();
        frames.push(place.clone());
        let part = self.part(period);
        let path = HotPath {
            frames: frames.into(),
            own,
            physical: own,
            leaf: Instruction::default(),
            caller: self.caller.as_ref().map(|(function, line)| Frame {
                function: function.clone(),
                package: PACKAGE.to_owned(),
                file: FILE.to_owned(),
                line: *line,
            }),
            benchmark: None,
        };
        let spot = Spot {
            place: Arc::new(place),
            all: part.clone(),
            ways: vec![Way {
                path,
                part: part.clone(),
                call: None,
            }],
            period: Some(period),
        };
        let escape = self.escape.as_ref().map(|text| {
            Escape::read_text(text.as_bytes(), &Limits::default()).expect("readable text")
        });
        let channels = Channels {
            escape,
            ..Channels::default()
        };
        let loaded = self.has_source.then(|| {
            let file = SourceFile::parse(Path::new(FILE), self.source.as_bytes(), None);
            let file = Rc::new(file.expect("small enough a file"));
            let package = Rc::new(Package::new(vec![Rc::clone(&file)]));
            Loaded { file, package }
        });
        let scene = Scene::new(&spot, Totals(part.values), &channels, loaded.as_ref());
        assert_eq!(
            scene.code.is_some(),
            self.has_source,
            "a function of that name"
        );
        rule.look(&scene)
    }

    fn part(&self, period: NonZeroU64) -> Part {
        let mut part = Part::default();
        for &(bytes, objects, live) in &self.sizes {
            let each = i64::try_from(bytes).expect("a small size");
            let size = Size::new(
                bytes,
                period,
                [objects, objects * each],
                [live, live * each],
            );
            part.sizes.push(size);
            let values = [objects, objects * each, live, live * each];
            for (sum, value) in part.values.iter_mut().zip(values) {
                *sum += value;
            }
        }
        part
    }
}
