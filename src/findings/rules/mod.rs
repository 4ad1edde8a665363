//! The rules, one file each with its page of documentation beside it.

mod blocks;
mod boxings;
mod grown;
mod lifetime;
mod made_maps;
mod ml01_preallocate;
mod ml02_subslice_retention;
mod ml03_sync_pool;
mod ml04_string_building;
mod ml05_interface_escape;
mod ml06_value_receiver;
mod ml07_reuse_buffer;
mod ml08_large_copy;
mod ml09_map_allocation;
mod ml10_gc_tuning;
mod ml11_zero_alloc;
mod ml12_profiling_workflow;
mod moved;
#[cfg(test)]
mod testing;

use super::Rule;

/// Every rule, by id. A new one is a file and a line here.
pub static RULES: &[&dyn Rule] = &[
    &ml01_preallocate::Preallocate,
    &ml02_subslice_retention::SubsliceRetention,
    &ml03_sync_pool::SyncPool,
    &ml04_string_building::StringBuilding,
    &ml05_interface_escape::InterfaceEscape,
    &ml06_value_receiver::ValueReceiver,
    &ml07_reuse_buffer::ReuseBuffer,
    &ml08_large_copy::LargeCopy,
    &ml09_map_allocation::MapAllocation,
    &ml10_gc_tuning::GcTuning,
    &ml11_zero_alloc::ZeroAlloc,
    &ml12_profiling_workflow::ProfilingWorkflow,
];
