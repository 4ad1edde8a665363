//! Values that are put into interfaces.

use super::super::blocks::{self, LARGE};
use super::super::boxings::{Boxing, Taker};
use super::need::{Need, advice};
use crate::findings::{Channel, Confidence, Draft, Scene};
use crate::units;

/// What to say of a boxed value.
pub(super) fn of_boxing(scene: &Scene<'_>, boxing: Boxing) -> Option<Draft> {
    let is_large = boxing
        .size
        .map_or(boxing.block > LARGE, |size| size.bytes > LARGE);
    if is_large || boxing.taker.formats() || !blocks::is_much(scene, &boxing.part) {
        return None;
    }
    let (need, advice) = advice(scene, &boxing)?;
    let agreed = boxing.in_escape || boxing.in_binary == Some(true);
    let confidence = match need {
        Need::Avoidable if agreed && (boxing.in_source || scene.code.is_some()) => Confidence::High,
        Need::Avoidable if agreed || boxing.size.is_some() => Confidence::Medium,
        Need::Open if agreed && boxing.size.is_some() => Confidence::Medium,
        // Without source the binary's word is all there can be.
        Need::Open if scene.code.is_none() && boxing.in_binary == Some(true) => Confidence::Medium,
        _ => Confidence::Low,
    };
    let value = match &boxing.type_text {
        Some(type_text) => format!("{} ({type_text})", boxing.value),
        None => boxing.value.clone(),
    };
    let mut draft = Draft::new(
        confidence,
        format!("{value} is put into an interface, which takes a block each time"),
    )
    .because(Channel::Profile, blocks::text(&boxing.part, boxing.block));
    if boxing.in_source {
        let how = match &boxing.taker {
            Taker::Call(callee) => format!("{} takes an interface", callee.text),
            Taker::Assignment(target) => format!("{target} holds an interface"),
            Taker::Result => "the result is an interface".to_owned(),
            Taker::Field | Taker::MapValue | Taker::Unknown => {
                "the value becomes an interface".to_owned()
            }
        };
        draft = draft.because(Channel::Source, how);
    }
    if boxing.in_escape {
        let text = format!(
            "the compiler says that {} escapes to the heap",
            boxing.value
        );
        draft = draft.because(Channel::Escape, text);
    }
    if boxing.in_binary == Some(true) {
        draft = draft.because(
            Channel::Binary,
            "the call here is the runtime's conversion to an interface",
        );
    }
    if let Some(columns) = boxing.columns {
        draft = draft.at(columns);
    }
    if boxing.taker == Taker::MapValue {
        // The values of one literal stand on lines of their own.
        draft = draft.about("values of a map's literal");
    }
    Some(draft.suggest(advice, None).saves(
        blocks::saving(&boxing.part),
        "all blocks of the boxed value",
    ))
}

/// sort.Slice takes `any` and asks reflection for a function that swaps. What shows of that is
/// the swapper, in the library.
pub(super) fn of_sort(scene: &Scene<'_>) -> Option<Draft> {
    let swappers = scene.below(|function| function.ends_with("reflectlite.Swapper"));
    if swappers.alloc_objects() <= 0 || !blocks::is_much(scene, &swappers) {
        return None;
    }
    let all = &scene.spot.all;
    Some(
        Draft::new(
            Confidence::Medium,
            "sort.Slice boxes the slice and makes a function to swap its elements",
        )
        .because(
            Channel::Profile,
            format!(
                "{} objects here, {} of them below reflectlite.Swapper",
                units::amount(all.alloc_objects(), "count"),
                units::amount(swappers.alloc_objects(), "count")
            ),
        )
        .suggest(
            "sort with slices.SortFunc, which takes the slice as it is and allocates nothing",
            None,
        )
        .saves(blocks::saving(all), "all that sorting allocates"),
    )
}
