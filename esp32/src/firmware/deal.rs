/// Which of several shares the device `index` belongs to: dealt out by weight, in turn. `None` if nothing has a weight.
pub(crate) fn deal(index: usize, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
    let weights = weights.map(|weight| usize::try_from(weight).unwrap_or(usize::MAX));
    let parts = weights.clone().fold(0, usize::saturating_add);
    let mut part = index.checked_rem(parts)?;
    for (share, weight) in weights.enumerate() {
        match part.checked_sub(weight) {
            Some(rest) => part = rest,
            None => return Some(share),
        }
    }
    None
}
