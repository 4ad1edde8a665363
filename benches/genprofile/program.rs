//! An invented program: functions, the places in them that call or allocate, and who calls whom.
//!
//! Stacks start with the *spine* (`main` and the like), go through [`LEVELS`] levels of
//! *dispatchers*, each with [`CHOICES`] calls, and end in the *body*, where any function may call
//! any other, popular ones more often. A number of 32 bits picks one way through the dispatchers;
//! that is how the walk knows, without remembering them, that no two of its ways are the same.

use super::names::Namer;
use super::rng::Rng;
use super::sizes;

/// Levels of dispatchers below the spine.
pub const LEVELS: usize = 8;
/// Calls in each dispatcher.
pub const CHOICES: usize = 16;
/// Where the program's machine code starts in memory.
pub const TEXT_START: u64 = 0x40_0000;

/// Index into [`Program::functions`].
pub type FunctionId = usize;
/// Index into [`Program::sites`].
pub type SiteId = usize;

/// What a program is like.
pub struct Plan {
    /// The functions that every stack but the shallow ones starts with, from the root.
    pub spine: &'static [&'static str],
    /// Functions in the body.
    pub body: usize,
    /// How many in 100 places lie in functions that were inlined.
    pub inlined_percent: usize,
    /// Whether some functions are called from many more places than others, as in real programs.
    pub has_favourites: bool,
}

/// Functions and the places in them.
pub struct Program {
    /// Every function.
    pub functions: Vec<Function>,
    /// Every place that stacks can go through; each becomes one location.
    pub sites: Vec<Site>,
    /// Places that allocate right below the root of a stack: stacks of one frame (`None`), or of
    /// two, whose root is the place given.
    pub shallow: Vec<(Option<SiteId>, Allocation)>,
    /// Where the program's machine code ends in memory.
    pub text_limit: u64,
}

/// A function. Those that calls lead to have at least one call and one allocation of their own,
/// but for the spine and the dispatchers, which only call.
pub struct Function {
    pub name: String,
    pub file: String,
    pub start_line: u64,
    pub calls: Vec<Call>,
    pub allocations: Vec<Allocation>,
}

/// A place that calls.
#[derive(Clone, Copy)]
pub struct Call {
    pub site: SiteId,
    pub callee: FunctionId,
}

/// A place that allocates.
#[derive(Clone, Copy)]
pub struct Allocation {
    pub site: SiteId,
    /// The size of its blocks, the smallest if it grows, in bytes.
    pub size: u64,
    /// Whether it allocates larger and larger blocks, as `append` does.
    pub grows: bool,
}

/// A place in the machine code.
pub struct Site {
    pub address: u64,
    /// Function and line number, innermost inlined function first.
    pub lines: Vec<(FunctionId, u64)>,
}

impl Program {
    /// Makes up a program.
    pub fn invent(plan: &Plan, rng: &mut Rng) -> Self {
        Inventor::new(plan, rng).invent()
    }
}

/// How many goroutines' root functions allocate by themselves, and how many `init`s.
const SHALLOW_FUNCTIONS: usize = 100;
const DISPATCHERS_PER_LEVEL: usize = 16;

struct Inventor<'a> {
    plan: &'a Plan,
    rng: &'a mut Rng,
    namer: Namer,
    functions: Vec<Function>,
    sites: Vec<Site>,
    /// Where the next site's machine code lies.
    address: u64,
}

impl<'a> Inventor<'a> {
    fn new(plan: &'a Plan, rng: &'a mut Rng) -> Self {
        let namer = Namer::new(rng);
        Self {
            plan,
            rng,
            namer,
            functions: Vec::new(),
            sites: Vec::new(),
            address: TEXT_START,
        }
    }

    /// All functions first, so that sites can name any of them as callee or as inlined.
    fn invent(mut self) -> Program {
        for name in self.plan.spine {
            self.namer.reserve(name);
            self.declare((*name).to_owned(), "main.go".to_owned());
        }
        self.namer.reserve("runtime.doInit1");
        let init = self.functions.len();
        self.declare("runtime.doInit1".to_owned(), "runtime/proc.go".to_owned());
        for _ in 0..SHALLOW_FUNCTIONS {
            let package = self.rng.below(self.namer.packages());
            let (name, file) = self.namer.entry(package, self.rng);
            self.declare(name, file);
        }
        // Neighbouring functions are of one package, and packages are of any size.
        let mut package = 0;
        for index in 0..self.dispatchers() + self.plan.body {
            if index % 8 == 0 {
                package = self.rng.zipf(self.namer.packages());
            }
            let (name, file) = self.namer.function(package, self.rng);
            self.declare(name, file);
        }

        self.connect_spine();
        self.connect_dispatchers();
        self.connect_body();
        let shallow = self.connect_shallow(init);
        Program {
            functions: self.functions,
            sites: self.sites,
            shallow,
            text_limit: self.address.next_multiple_of(0x1000),
        }
    }

    fn declare(&mut self, name: String, file: String) {
        let start_line = 10 + self.rng.below(2000) as u64;
        self.functions.push(Function {
            name,
            file,
            start_line,
            calls: Vec::new(),
            allocations: Vec::new(),
        });
    }

    fn dispatchers(&self) -> usize {
        1 + (LEVELS - 1) * DISPATCHERS_PER_LEVEL
    }

    fn first_dispatcher(&self) -> FunctionId {
        self.plan.spine.len() + 1 + SHALLOW_FUNCTIONS
    }

    fn first_of_body(&self) -> FunctionId {
        self.first_dispatcher() + self.dispatchers()
    }

    fn connect_spine(&mut self) {
        for function in 0..self.plan.spine.len() {
            let is_last = function + 1 == self.plan.spine.len();
            let callee = if is_last {
                self.first_dispatcher()
            } else {
                function + 1
            };
            self.add_call(function, callee);
        }
    }

    /// One dispatcher at the first level, as all stacks come from it; several at the others.
    fn connect_dispatchers(&mut self) {
        let first = self.first_dispatcher();
        for function in first..first + self.dispatchers() {
            let level = (function - first).div_ceil(DISPATCHERS_PER_LEVEL);
            for _ in 0..CHOICES {
                let callee = if level + 1 < LEVELS {
                    first
                        + 1
                        + level * DISPATCHERS_PER_LEVEL
                        + self.rng.below(DISPATCHERS_PER_LEVEL)
                } else {
                    self.any_of_body()
                };
                self.add_call(function, callee);
            }
        }
    }

    fn connect_body(&mut self) {
        let last = self.functions.len() - 1;
        for function in self.first_of_body()..=last {
            for index in 0..1 + self.rng.geometric(2) {
                let callee = match self.rng.below(100) {
                    // Compilers, parsers and encoders call themselves, but never only themselves.
                    0..6 if index > 0 => function,
                    6..40 => (function + 1 + self.rng.below(8)).min(last),
                    _ => self.any_of_body(),
                };
                self.add_call(function, callee);
            }
            for _ in 0..1 + self.rng.below(2) {
                self.add_allocation(function);
            }
        }
    }

    fn connect_shallow(&mut self, init: FunctionId) -> Vec<(Option<SiteId>, Allocation)> {
        let mut shallow = Vec::new();
        for function in init + 1..=init + SHALLOW_FUNCTIONS {
            let is_init = self.functions[function].name.contains(".init");
            let root = is_init.then(|| self.add_call(init, function));
            for _ in 0..1 + self.rng.below(3) {
                shallow.push((root, self.add_allocation(function)));
            }
        }
        shallow
    }

    fn any_of_body(&mut self) -> FunctionId {
        self.first_of_body()
            + match self.plan.has_favourites {
                true => self.rng.zipf(self.plan.body),
                false => self.rng.below(self.plan.body),
            }
    }

    fn add_call(&mut self, function: FunctionId, callee: FunctionId) -> SiteId {
        let site = self.add_site(function);
        self.functions[function].calls.push(Call { site, callee });
        site
    }

    fn add_allocation(&mut self, function: FunctionId) -> Allocation {
        let site = self.add_site(function);
        let size = sizes::CLASSES[self.rng.zipf(sizes::CLASSES.len())];
        // What grows starts small.
        let grows = size <= 512 && self.rng.percent(8);
        let allocation = Allocation { site, size, grows };
        self.functions[function].allocations.push(allocation);
        allocation
    }

    fn add_site(&mut self, function: FunctionId) -> SiteId {
        let mut lines = Vec::new();
        while lines.len() < 4 && self.rng.percent(self.plan.inlined_percent) {
            let inlined = self.any_of_body();
            // The writer never puts a function into a location of its own.
            if inlined != function && lines.iter().all(|&(other, _)| other != inlined) {
                lines.push((inlined, self.line_in(inlined)));
            }
        }
        lines.push((function, self.line_in(function)));
        self.address += 5 + self.rng.below(400) as u64;
        self.sites.push(Site {
            address: self.address,
            lines,
        });
        self.sites.len() - 1
    }

    fn line_in(&mut self, function: FunctionId) -> u64 {
        self.functions[function].start_line + 1 + self.rng.below(120) as u64
    }
}
