#![no_main]

use std::{panic, sync::Once};

static HOOK: Once = Once::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The engine ends at the first panic. Those of rusttype are caught where it is called, and are no finding.
    HOOK.call_once(|| {
        let engine = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !info.location().is_some_and(|place| place.file().contains("rusttype")) {
                engine(info);
            }
        }));
    });
    mingping_fuzz::outline(data);
});
