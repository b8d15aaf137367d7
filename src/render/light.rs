//! sRGB and linear light, in whole numbers: averages of pixels are only right in linear light.

/// Linear light, 0 to 65535, of each sRGB level (IEC 61966-2-1), rounded.
#[rustfmt::skip]
const TO_LINEAR: [u16; 256] = [
    0, 20, 40, 60, 80, 99, 119, 139, 159, 179, 199, 219, 241, 264, 288, 313,
    340, 367, 396, 427, 458, 491, 526, 562, 599, 637, 677, 718, 761, 805, 851, 898,
    947, 997, 1048, 1101, 1156, 1212, 1270, 1330, 1391, 1453, 1517, 1583, 1651, 1720, 1790, 1863,
    1937, 2013, 2090, 2170, 2250, 2333, 2418, 2504, 2592, 2681, 2773, 2866, 2961, 3058, 3157, 3258,
    3360, 3464, 3570, 3678, 3788, 3900, 4014, 4129, 4247, 4366, 4488, 4611, 4736, 4864, 4993, 5124,
    5257, 5392, 5530, 5669, 5810, 5953, 6099, 6246, 6395, 6547, 6700, 6856, 7014, 7174, 7335, 7500,
    7666, 7834, 8004, 8177, 8352, 8528, 8708, 8889, 9072, 9258, 9445, 9635, 9828, 10022, 10219, 10417,
    10619, 10822, 11028, 11235, 11446, 11658, 11873, 12090, 12309, 12530, 12754, 12980, 13209, 13440, 13673, 13909,
    14146, 14387, 14629, 14874, 15122, 15371, 15623, 15878, 16135, 16394, 16656, 16920, 17187, 17456, 17727, 18001,
    18277, 18556, 18837, 19121, 19407, 19696, 19987, 20281, 20577, 20876, 21177, 21481, 21787, 22096, 22407, 22721,
    23038, 23357, 23678, 24002, 24329, 24658, 24990, 25325, 25662, 26001, 26344, 26688, 27036, 27386, 27739, 28094,
    28452, 28813, 29176, 29542, 29911, 30282, 30656, 31033, 31412, 31794, 32179, 32567, 32957, 33350, 33745, 34143,
    34544, 34948, 35355, 35764, 36176, 36591, 37008, 37429, 37852, 38278, 38706, 39138, 39572, 40009, 40449, 40891,
    41337, 41785, 42236, 42690, 43147, 43606, 44069, 44534, 45002, 45473, 45947, 46423, 46903, 47385, 47871, 48359,
    48850, 49344, 49841, 50341, 50844, 51349, 51858, 52369, 52884, 53401, 53921, 54445, 54971, 55500, 56032, 56567,
    57105, 57646, 58190, 58737, 59287, 59840, 60396, 60955, 61517, 62082, 62650, 63221, 63795, 64372, 64952, 65535,
];

/// sRGB level nearest to each linear light in steps of 16.
const TO_SRGB: [u8; 4096] = {
    let mut table = [0; 4096];
    let (mut n, mut level) = (0, 0);
    while n < 4096 {
        let light = n as u32 * 16 + 8;
        while level < 255 && u32::midpoint(TO_LINEAR[level] as u32, TO_LINEAR[level + 1] as u32) < light {
            level += 1;
        }
        table[n] = level as u8;
        n += 1;
    }
    table
};

/// Linear light of an sRGB level.
pub(super) const fn linear(level: u8) -> u16 {
    TO_LINEAR[level as usize]
}

/// The sRGB level of a linear light.
pub(super) const fn srgb(light: u16) -> u8 {
    TO_SRGB[light as usize >> 4]
}

/// `over` laid on `under`, covering `alpha` of 255 of it.
pub(super) const fn blend(under: u8, over: u8, alpha: u8) -> u8 {
    let (a, b, alpha) = (linear(under) as u32, linear(over) as u32, alpha as u32);
    srgb(((a * (255 - alpha) + b * alpha + 127) / 255) as u16)
}

/// How bright a colour looks, as linear light (ITU-R BT.709).
pub(super) fn luminance([r, g, b]: [u16; 3]) -> u16 {
    ((u32::from(r) * 13933 + u32::from(g) * 46871 + u32::from(b) * 4732) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_survive_the_way_there_and_back() {
        // Below level 12 two levels share a step of 16; no LED shows the difference.
        for level in 12..=255u8 {
            assert_eq!(srgb(linear(level)), level);
        }
        assert_eq!((blend(0, 255, 0), blend(0, 255, 255), blend(0, 255, 128)), (0, 255, 188));
        assert_eq!(luminance([65535; 3]), 65535);
    }
}
