#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mingping_fuzz::docx(data));
