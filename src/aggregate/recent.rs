//! The last few answers of a slower look-up.

/// Slots; the hot leaves of a profile and the sizes of objects are not many more.
const SLOTS: usize = 256;

/// Remembers one answer in each slot. A key always goes to the slot that its hash names.
#[derive(Debug)]
pub(crate) struct Recent<K> {
    slots: Vec<Option<(K, u32)>>,
}

impl<K> Default for Recent<K> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<K: Copy + PartialEq> Recent<K> {
    /// The answer for `key`, asked for by `look_up` unless it is remembered.
    #[inline]
    pub(crate) fn get_or(&mut self, key: K, hash: u64, look_up: impl FnOnce() -> u32) -> u32 {
        // The remainder is below the number of slots.
        let slot = (hash % SLOTS as u64) as usize;
        if let Some(Some((known, answer))) = self.slots.get(slot)
            && *known == key
        {
            return *answer;
        }
        let answer = look_up();
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = Some((key, answer));
        }
        answer
    }
}
