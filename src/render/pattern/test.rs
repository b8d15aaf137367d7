//! What an installer sees, dot by dot on small faces; and that no face is too small, too large or turned.

use super::*;
use crate::color::ColorScheme;

fn scene() -> Scene {
    Scene {
        id: "gate".into(),
        name: "教育局门头屏".into(),
        time: "12:00:05".into(),
        asker: Some("192.168.1.20".into()),
        module: MODULE,
    }
}

fn profile(width: u32, height: u32) -> Profile {
    Profile::new(Size::new(width, height), ColorScheme::Red)
}

fn art_of(pattern: Pattern, step: u64, scene: &Scene, profile: &Profile) -> String {
    draw(pattern, step, scene, profile, &Fonts::built_in()).0.art()
}

fn art(pattern: Pattern, step: u64, (width, height): (u32, u32)) -> String {
    art_of(pattern, step, &scene(), &profile(width, height))
}

fn lit(raster: &Raster) -> u64 {
    let depth = raster.scheme().bytes_per_pixel();
    raster.bytes().chunks_exact(depth).filter(|dot| dot.iter().any(|part| *part > 0)).count() as u64
}

#[test]
fn edges_have_a_border_corner_letters_and_an_arrow_to_the_top() {
    assert_eq!(
        art(Pattern::Edges, 0, (24, 16)),
        "########################
#......................#
#..#...............##..#
#.#.#.......#......#.#.#
#.###......###.....##..#
#.#.#.....#####....#.#.#
#.#.#....#######...##..#
#.......#########......#
#..........###.........#
#.##.......###......##.#
#.#.#......###.....#...#
#.#.#......###.....#...#
#.#.#..............#...#
#.##................##.#
#......................#
########################
"
    );
    assert_eq!(
        art(Pattern::Edges, 0, (8, 8)),
        "########
#......#
#..#...#
#.#.#..#
#.###..#
#.#.#..#
#.#.#..#
########
"
    );
}

#[test]
fn modules_are_numbered_row_by_row() {
    let small = Scene { module: Size::new(9, 9), ..scene() };
    assert_eq!(
        art_of(Pattern::Grid, 0, &small, &profile(18, 18)),
        "##################
#.......##.......#
#...#...##..###..#
#..##...##....#..#
#...#...##..###..#
#...#...##..#....#
#..###..##..###..#
#.......##.......#
##################
##################
#.......##.......#
#..###..##..#.#..#
#....#..##..#.#..#
#..###..##..###..#
#....#..##....#..#
#..###..##....#..#
#.......##.......#
##################
"
    );
    let (_, lines) = draw(Pattern::Grid, 0, &scene(), &profile(320, 32), &Fonts::built_in());
    assert_eq!(lines, ["10 x 2"]);
}

#[test]
fn modules_of_a_turned_face_are_turned_with_it() {
    let turned = Profile { rotation: Rotation::R90, ..profile(64, 16) };
    let (page, lines) = draw(Pattern::Grid, 0, &scene(), &turned, &Fonts::built_in());
    assert_eq!((page.size(), &*lines[0]), (Size::new(16, 64), "1 x 2"));
}

#[test]
fn a_row_and_a_column_of_each_module_walk_over_every_line() {
    let small = Scene { module: Size::new(6, 4), ..scene() };
    assert_eq!(
        art_of(Pattern::Walk, 1, &small, &profile(12, 8)),
        ".#.....#....
############
.#.....#....
.#.....#....
.#.....#....
############
.#.....#....
.#.....#....
"
    );
    let mut seen = [false; 96];
    for step in 0..6 {
        let page = art_of(Pattern::Walk, step, &small, &profile(12, 8));
        for (n, dot) in page.chars().filter(|c| *c != '\n').enumerate() {
            seen[n] |= dot == '#';
        }
    }
    assert!(seen.iter().all(|seen| *seen), "every dot has been lit");
}

#[test]
fn colours_follow_each_other_and_light_each_dot_once_in_three_rounds() {
    assert_eq!(art(Pattern::Colours, 0, (9, 3)), "#..#..#..\n..#..#..#\n.#..#..#.\n");
    let seven = Profile::new(Size::new(8, 8), ColorScheme::Seven);
    let fonts = Fonts::built_in();
    let colour = |step: u64| {
        let page = draw(Pattern::Colours, step, &scene(), &seven, &fonts).0;
        page.bytes().iter().copied().max().unwrap()
    };
    assert_eq!((0..8).map(colour).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 1]);
    let mut seen = [false; 64];
    for round in 0..3 {
        let page = draw(Pattern::Colours, round * 7, &scene(), &seven, &fonts).0;
        for (n, dot) in page.bytes().iter().enumerate() {
            seen[n] |= *dot == 1;
        }
    }
    assert!(seen.iter().all(|seen| *seen));
}

#[test]
fn shades_grow_from_the_left_to_the_right() {
    let page = draw(Pattern::Grey, 0, &scene(), &profile(32, 8), &Fonts::built_in()).0;
    let column = |x: usize| (0..8).filter(|y| page.row(*y)[x] > 0).count();
    assert_eq!(column(0), 0);
    let half = |range: std::ops::Range<usize>| range.map(column).sum::<usize>();
    assert!(half(0..16) < half(16..32));
    let rgb = Profile::new(Size::new(256, 8), ColorScheme::Rgb);
    let page = draw(Pattern::Grey, 0, &scene(), &rgb, &Fonts::built_in()).0;
    assert_eq!([page.color_at(0, 0), page.color_at(200, 0)], [[0, 0, 0], [200, 200, 200]]);
    assert_eq!(page.color_at(200, 2), [200, 0, 0], "the second band is red");
}

#[test]
fn ident_tells_what_there_is_room_for() {
    let said = |width, height| {
        draw(Pattern::Ident, 7, &scene(), &profile(width, height), &Fonts::built_in()).1.join("|")
    };
    assert_eq!(said(320, 32), "教育局门头屏  gate  320x32  12:00:05  #7|192.168.1.20");
    assert_eq!(said(64, 32), "gate  64x32|12:00:05  #7|192.168.1.20", "tiny letters write no hanzi");
    assert_eq!(said(32, 8), "gate  #7");
    assert_eq!(said(8, 8), "#7");
    assert_eq!(
        art(Pattern::Ident, 42, (8, 8)),
        "........
#.#.###.
#.#...#.
###.###.
..#.#...
..#.###.
........
........
",
        "three digits do not fit: the last two"
    );
}

#[test]
fn text_shows_every_size_that_fits_page_by_page() {
    let fonts = Fonts::built_in();
    let said = |step, width, height| {
        draw(Pattern::Text, step, &scene(), &profile(width, height), &fonts).1.join("|")
    };
    assert_eq!(said(0, 64, 64), "16 明溪|32");
    assert_eq!(said(0, 64, 32), "16 明溪");
    assert_eq!(said(1, 64, 32), "32");
    assert_eq!(said(2, 64, 32), "16 明溪");
    assert_eq!(said(0, 8, 8), "A8");
}

#[test]
fn no_face_is_too_small_too_large_or_turned_and_fills_light_at_most_two_fifths() {
    let fonts = Fonts::built_in();
    for scheme in ColorScheme::ALL {
        for (width, height) in [(8, 8), (8, 64), (9, 11), (33, 17), (96, 8), (192, 96)] {
            for rotation in [Rotation::R0, Rotation::R90, Rotation::R180, Rotation::R270] {
                let profile = Profile { rotation, ..Profile::new(Size::new(width, height), scheme) };
                for pattern in Pattern::ALL {
                    for step in [0, 1, 33, 1_000_000] {
                        let (page, _) = draw(pattern, step, &scene(), &profile, &fonts);
                        assert_eq!(page.size(), profile.page_size());
                        let lit = lit(&page);
                        assert!(lit > 0, "{pattern:?} {scheme} {width}x{height} is dark");
                        let area = u64::from(width * height);
                        if pattern == Pattern::Colours {
                            assert!(lit * 5 <= area * 2, "{scheme} {width}x{height}: {lit} of {area}");
                        }
                        if pattern == Pattern::Grey && width > 9 && scheme != ColorScheme::Rgb {
                            assert!(lit * 5 <= area * 2 + 5, "{scheme} {width}x{height}: {lit} of {area}");
                        }
                    }
                }
            }
        }
    }
    for pattern in Pattern::ALL {
        let (page, _) = draw(pattern, 3, &scene(), &profile(4096, 2160), &fonts);
        assert!(lit(&page) > 0, "{pattern:?}");
    }
}

#[test]
fn names_are_read_back_and_steps_are_whole_polls() {
    for pattern in Pattern::ALL {
        assert_eq!(Pattern::parse(pattern.name()), Some(pattern));
    }
    assert_eq!(Pattern::parse(" Colors "), Some(Pattern::Colours));
    assert_eq!(Pattern::parse("nothing"), None);
    let small = 320 * 32;
    assert_eq!(Pattern::Edges.step_ms(5000, small), None);
    let of = |pattern: Pattern, poll: u32| pattern.step_ms(poll, small).unwrap();
    assert_eq!([200, 5000, 60_000].map(|poll| of(Pattern::Ident, poll)), [1000, 5000, 10_000]);
    assert_eq!([200, 3000, 60_000].map(|poll| of(Pattern::Colours, poll)), [10_000, 12_000, 10_000]);
    assert_eq!(Pattern::Walk.step_ms(1000, 4096 * 2160), Some(9000), "large pictures are few");
}
