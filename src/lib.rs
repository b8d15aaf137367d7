//! Mingping 明屏: a content server for LED screens. The modules stand in the order in which a notice
//! passes them; each imports only from those above it (`tests/house.rs` holds this to be true).

pub mod text;

pub mod messages;

pub mod diagnostic;
pub mod digest;

pub mod color;
pub mod geometry;
pub mod time;

pub mod notice;

pub mod playlist;
pub mod screen;

pub mod approval;

pub mod render;

pub mod playout;

pub mod frame;

pub mod catalog;

pub mod http;

pub mod web;

pub mod cli;
