//! A walk through an invented program that yields samples in the order of a heap profile.
//!
//! A heap profile lists buckets by the time of their first allocation, so neighbours come from the
//! same work, or from what runs beside it. Here several *workers* take turns. Each starts an
//! *errand*: a way through the dispatchers that nobody took before, and then wanders about below
//! it, a few frames up, a few down, going through no place twice in the same context. So every
//! stack is new, although nothing remembers the stacks that were.

use super::program::{self, Allocation, FunctionId, Program, SiteId};
use super::rng::Rng;
use super::{HeapValues, Shape, sizes};

/// What distinguishes the shapes. The figures were fitted to real profiles; benches/README.md
/// says how near they come.
pub struct Traits {
    pub program: program::Plan,
    /// Average number of bytes allocated from one sample to the next.
    pub period: u64,
    /// What the profile says to show first: `go test -memprofile` says it, a server does not.
    pub default_sample_type: Option<&'static str>,
    /// Least and greatest number of frames of a stack that is not shallow.
    depth: (usize, usize),
    /// How many workers take turns, and how many of 100 samples come from another one than the
    /// sample before.
    workers: usize,
    turn_percent: usize,
    /// Average number of frames a worker goes up from one sample to the next.
    way_up: usize,
    /// Average number of stacks of an errand.
    errand: usize,
    /// How many of 100 samples have blocks that are in use.
    live_percent: usize,
}

impl Traits {
    /// The traits of a shape.
    pub fn of(shape: Shape) -> Self {
        match shape {
            Shape::Compiler => Self {
                program: program::Plan {
                    spine: &["runtime.main", "main.main"],
                    body: 2500,
                    inlined_percent: 30,
                    has_favourites: true,
                },
                period: 4096,
                default_sample_type: Some("alloc_space"),
                depth: (15, 62),
                workers: 3,
                turn_percent: 25,
                way_up: 4,
                errand: 100,
                live_percent: 24,
            },
            Shape::Server => Self {
                program: program::Plan {
                    spine: &["net/http.(*Server).Serve.gowrap3", "net/http.(*conn).serve"],
                    body: 3500,
                    inlined_percent: 18,
                    has_favourites: true,
                },
                period: 512 * 1024,
                default_sample_type: None,
                depth: (11, 32),
                workers: 500,
                turn_percent: 90,
                way_up: 3,
                errand: 20,
                live_percent: 40,
            },
            Shape::Entropy => Self {
                program: program::Plan {
                    spine: &["runtime.main", "main.main"],
                    body: 8000,
                    inlined_percent: 10,
                    has_favourites: true,
                },
                period: 512 * 1024,
                default_sample_type: None,
                depth: (11, 60),
                workers: 500,
                turn_percent: 95,
                way_up: 10,
                errand: 4,
                live_percent: 40,
            },
            Shape::Wide => Self {
                program: program::Plan {
                    body: 500_000,
                    has_favourites: false,
                    ..Self::of(Shape::Entropy).program
                },
                ..Self::of(Shape::Entropy)
            },
        }
    }
}

/// One sample.
pub struct Sample<'a> {
    /// From the root to the leaf.
    pub stack: &'a [SiteId],
    /// False if an earlier sample, with another size, has this stack.
    pub is_new_stack: bool,
    /// Bytes of each block.
    pub size: u64,
    /// Scaled as the runtime scales them.
    pub values: HeapValues,
}

/// Yields samples without end.
pub struct Walk<'p> {
    program: &'p Program,
    traits: &'p Traits,
    rng: Rng,
    workers: Vec<Worker>,
    /// The worker whose turn it is.
    turn: usize,
    /// Errands started so far.
    errands: u32,
    /// Samples yet to come of stacks that were there already: blocks that grew.
    growth: Vec<(Vec<SiteId>, u64)>,
    /// Shallow stacks yielded so far.
    shallow: usize,
    stack: Vec<SiteId>,
}

/// Growing blocks that wait for their turn, at most: what bounds the walk's memory.
const GROWTH_LIMIT: usize = 64;

/// How often a block doubles at most. Without a limit, one block of gigabytes would be most of the
/// profile.
const LARGEST_GROWTH: usize = 8;

impl<'p> Walk<'p> {
    /// A walk that starts in `program`.
    pub fn new(program: &'p Program, traits: &'p Traits, rng: Rng) -> Self {
        Self {
            program,
            traits,
            rng,
            workers: (0..traits.workers).map(|_| Worker::default()).collect(),
            turn: 0,
            errands: 0,
            growth: Vec::new(),
            shallow: 0,
            stack: Vec::new(),
        }
    }

    /// The next sample.
    pub fn next(&mut self) -> Sample<'_> {
        if !self.growth.is_empty() && self.rng.percent(25) {
            let (stack, size) = self.growth.swap_remove(self.rng.below(self.growth.len()));
            self.stack = stack;
            return self.sample(size, false);
        }
        self.stack.clear();
        let allocation = match self.program.shallow.get(self.shallow) {
            Some(&(root, allocation)) if self.rng.one_in(100) => {
                self.shallow += 1;
                self.stack.extend(root);
                allocation
            }
            _ => self.work(),
        };
        self.stack.push(allocation.site);
        if allocation.grows && self.rng.one_in(2) {
            self.grow(allocation.size);
        }
        self.sample(allocation.size, true)
    }

    /// Has a worker find a new stack, and puts it, without the leaf, into `self.stack`.
    fn work(&mut self) -> Allocation {
        if self.rng.percent(self.traits.turn_percent) {
            self.turn = self.rng.below(self.workers.len());
        }
        let worker = &mut self.workers[self.turn];
        let allocation = loop {
            if !worker.is_done()
                && !self.rng.one_in(self.traits.errand)
                && let Some(found) = worker.wander(self.program, self.traits, &mut self.rng)
            {
                break found;
            }
            *worker = Worker::send(self.program, self.traits, self.errands, &mut self.rng);
            self.errands = self.errands.wrapping_add(1);
        };
        self.stack
            .extend(worker.contexts.iter().filter_map(|context| context.way_on));
        allocation
    }

    /// Plans samples of larger blocks at the same place.
    fn grow(&mut self, smallest: u64) {
        let mut size = smallest;
        for _ in 0..(1 + self.rng.geometric(2)).min(LARGEST_GROWTH) {
            size = sizes::block(2 * size);
            if self.growth.len() < GROWTH_LIMIT {
                self.growth.push((self.stack.clone(), size));
            }
        }
    }

    fn sample(&mut self, size: u64, is_new_stack: bool) -> Sample<'_> {
        // Most buckets were sampled once, some very often.
        let sampled = if self.rng.percent(65) {
            1
        } else {
            2 + self.rng.zipf(64) as u64
        };
        let live = match self.rng.percent(self.traits.live_percent) {
            true => 1 + self.rng.below(sampled as usize) as u64,
            false => 0,
        };
        let [alloc_objects, alloc_space] = scaled(sampled, size, self.traits.period);
        let [inuse_objects, inuse_space] = scaled(live, size, self.traits.period);
        let values = [alloc_objects, alloc_space, inuse_objects, inuse_space];
        Sample {
            stack: &self.stack,
            is_new_stack,
            size,
            values,
        }
    }
}

/// Objects and bytes that `sampled` blocks stand for, each of which had the chance
/// 1 − exp(−size/period) of being sampled. Fractions are cut off, as in runtime/pprof.
fn scaled(sampled: u64, size: u64, period: u64) -> [u64; 2] {
    let scale = 1.0 / (1.0 - (-(size as f64) / period as f64).exp());
    let bytes = sampled * size;
    [
        (sampled as f64 * scale) as u64,
        (bytes as f64 * scale) as u64,
    ]
}

/// Someone on an errand: the functions it is in, from the root.
#[derive(Default)]
struct Worker {
    contexts: Vec<Context>,
    /// Frames that it may not leave: the spine and the dispatchers.
    fixed: usize,
    /// Depth that its stacks stay near.
    depth: usize,
}

/// A call of a function, and what the worker did in it so far.
struct Context {
    function: FunctionId,
    /// The call that leads to the next context.
    way_on: Option<SiteId>,
    /// Which call and which allocation came first, and how many of each there were. They are taken
    /// in turn from there, so that none comes twice.
    start: usize,
    calls: usize,
    allocations: usize,
}

impl Context {
    fn new(function: FunctionId, rng: &mut Rng) -> Self {
        Self {
            function,
            way_on: None,
            start: rng.below(1024),
            calls: 0,
            allocations: 0,
        }
    }
}

impl Worker {
    /// Sends a worker on errand number `errand`.
    fn send(program: &Program, traits: &Traits, errand: u32, rng: &mut Rng) -> Self {
        let (least, greatest) = traits.depth;
        let mut worker = Self {
            contexts: Vec::new(),
            fixed: 0,
            depth: rng.bell(least, greatest),
        };
        let mut ways = scrambled(errand) as usize;
        let mut function = 0;
        let spine = traits.program.spine.len();
        for level in 0..spine + program::LEVELS {
            let mut context = Context::new(function, rng);
            let choice = if level < spine {
                0
            } else {
                let choice = ways % program::CHOICES;
                ways /= program::CHOICES;
                choice
            };
            let call = program.functions[function].calls[choice];
            context.way_on = Some(call.site);
            function = call.callee;
            worker.contexts.push(context);
        }
        worker.fixed = worker.contexts.len();
        worker.contexts.push(Context::new(function, rng));
        worker
    }

    fn is_done(&self) -> bool {
        self.contexts.len() <= self.fixed
    }

    /// Goes some frames up, some down, and allocates there. None when no place is left.
    fn wander(&mut self, program: &Program, traits: &Traits, rng: &mut Rng) -> Option<Allocation> {
        let up = rng.geometric(traits.way_up);
        // What is kept has at least the first function below the dispatchers.
        self.leave(up.min(self.contexts.len() - self.fixed - 1));
        // Near the depth of this errand, not always at it.
        let goal = (self.depth + rng.below(9))
            .saturating_sub(4)
            .min(traits.depth.1);
        while !self.is_done() {
            if self.contexts.len() < goal && self.descend(program, rng) {
                continue;
            }
            if let Some(allocation) = self.allocate(program) {
                return Some(allocation);
            }
            self.leave(1);
        }
        None
    }

    fn leave(&mut self, frames: usize) {
        self.contexts.truncate(self.contexts.len() - frames);
        if let Some(context) = self.contexts.last_mut() {
            context.way_on = None;
        }
    }

    /// Follows a call that was not followed in this context. False if there is none.
    fn descend(&mut self, program: &Program, rng: &mut Rng) -> bool {
        let Some(context) = self.contexts.last_mut() else {
            return false;
        };
        let calls = &program.functions[context.function].calls;
        if context.calls == calls.len() {
            return false;
        }
        let call = calls[(context.start + context.calls) % calls.len()];
        context.calls += 1;
        context.way_on = Some(call.site);
        self.contexts.push(Context::new(call.callee, rng));
        true
    }

    /// Allocates at a place that did not allocate in this context.
    fn allocate(&mut self, program: &Program) -> Option<Allocation> {
        let context = self.contexts.last_mut()?;
        let allocations = &program.functions[context.function].allocations;
        if context.allocations == allocations.len() {
            return None;
        }
        let allocation = allocations[(context.start + context.allocations) % allocations.len()];
        context.allocations += 1;
        Some(allocation)
    }
}

/// Puts the numbers of 32 bits into another order: each step can be undone, so no two numbers
/// become the same.
fn scrambled(number: u32) -> u32 {
    let mut bits = number.wrapping_mul(0x9e37_79b1);
    bits ^= bits >> 15;
    bits = bits.wrapping_mul(0x85eb_ca6b);
    bits ^ (bits >> 13)
}
