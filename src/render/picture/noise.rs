//! Thresholds for ordered dithering: blue noise, made by filling the largest void again and again (the
//! second half of R. Ulichney's void-and-cluster, 1993). Unlike Bayer's matrix it draws no crosses, and
//! unlike error diffusion a dot never changes because another part of the picture did.

/// Cells along one side; the pattern repeats beyond. A power of two.
const SIDE: usize = 16;
const CELLS: usize = SIDE * SIDE;

/// The order in which cells light up, 0 to 255.
const RANKS: [u8; CELLS] = ranks();

/// The linear light from which the dot at `x`, `y` is lit.
pub(super) fn threshold(x: usize, y: usize) -> i32 {
    i32::from(RANKS[y % SIDE * SIDE + x % SIDE]) * 256 + 128
}

const fn ranks() -> [u8; CELLS] {
    // How near a cell feels, by squared distance on the torus: a Gaussian of 1.5 cells.
    let mut near = [0u64; SIDE * SIDE / 2 + 1];
    near[0] = 1 << 24;
    let mut n = 1;
    while n < near.len() {
        near[n] = (near[n - 1] * 52_476) >> 16;
        n += 1;
    }
    // A little unrest at the start: the first dots would make a lattice.
    let mut energy = [0u64; CELLS];
    let (mut n, mut seed) = (0, 0x2545_F491u32);
    while n < CELLS {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        energy[n] = (seed >> 12) as u64;
        n += 1;
    }
    let mut ranks = [0u8; CELLS];
    let mut taken = [false; CELLS];
    let mut rank = 0;
    while rank < CELLS {
        let (mut best, mut n) = (CELLS, 0);
        while n < CELLS {
            if !taken[n] && (best == CELLS || energy[n] < energy[best]) {
                best = n;
            }
            n += 1;
        }
        taken[best] = true;
        ranks[best] = rank as u8;
        let mut n = 0;
        while n < CELLS {
            let (dx, dy) = ((n % SIDE).abs_diff(best % SIDE), (n / SIDE).abs_diff(best / SIDE));
            let (dx, dy) =
                (if dx > SIDE / 2 { SIDE - dx } else { dx }, if dy > SIDE / 2 { SIDE - dy } else { dy });
            energy[n] += near[dx * dx + dy * dy];
            n += 1;
        }
        rank += 1;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rank_is_there_once_and_dots_keep_apart() {
        let mut sorted = RANKS;
        sorted.sort_unstable();
        assert!(sorted.iter().enumerate().all(|(n, rank)| n == usize::from(*rank)));
        // At an eighth of the light no two dots touch, not even over the seam.
        let lit = |x: usize, y: usize| threshold(x, y) < 65_536 / 8;
        for (x, y) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y))).filter(|(x, y)| lit(*x, *y)) {
            assert!(!lit(x + 1, y) && !lit(x, y + 1), "{x} {y}");
        }
    }
}
