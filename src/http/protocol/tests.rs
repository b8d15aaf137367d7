//! Devices' exchanges, as their documents and firmware tell them.

use serde_json::Value;

use crate::{
    color::ColorScheme,
    geometry::Size,
    http::testing::{Kind, Site, bytes_of, frame, header, text_of},
    screen::{Controller, Mac, Protocols, TokenRule},
};

fn speaking(id: &'static str, scheme: ColorScheme, protocols: &str) -> Kind {
    let mut kind = Kind::new(id, scheme);
    kind.controller =
        Controller { protocols: Protocols::parse(protocols).unwrap(), mac: Mac::parse("AA:BB:CC:00:11:22") };
    kind
}

fn site(protocols: &str) -> Site {
    let mut plain = speaking("plain", ColorScheme::Red, "");
    plain.controller.mac = None;
    let site = Site::of(vec![speaking("gate", ColorScheme::Red, protocols), plain], |_| {});
    site.stage(&[(1, 8), (2, 8)]);
    site
}

#[tokio::test]
async fn tronbyt_boards_of_any_age_get_webp_with_dwell_and_brightness() {
    let site = site("tronbyt");
    site.clock.advance(6_500);
    for path in ["/gate/next", "/v0/devices/gate/next", "/devices/gate/next", "/api/v1/devices/gate/next"] {
        let response = site.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        assert_eq!(header(&headers, "content-type"), "image/webp");
        assert_eq!(header(&headers, "tronbyt-brightness"), "80");
        assert_eq!(header(&headers, "tronbyt-dwell-secs"), "2", "1.5 s are left of the page");
        let webp = bytes_of(response);
        assert_eq!(header(&headers, "content-length"), webp.len().to_string());
        let dots = image::load_from_memory(&webp).unwrap().to_rgb8();
        assert_eq!((dots.dimensions(), dots.get_pixel(0, 0).0), ((320, 32), [255, 0, 0]), "page 1");
    }
    site.clock.advance(1_500);
    assert_eq!(
        header(site.get("/gate/next").await.headers(), "tronbyt-dwell-secs"),
        "5",
        "no longer than its poll"
    );
    let contact = site.screen("gate");
    assert!(contact.stage.contact().asked_at().is_some() && contact.stage.contact().acknowledged().is_none());
}

#[tokio::test]
async fn a_protocol_that_is_off_is_not_there() {
    let site = site("tronbyt");
    for (path, code) in [
        ("/plain/next", "protocol_off"),
        ("/nowhere/next", "unknown_screen"),
        ("/plain/ws", "protocol_off"),
        ("/card7/gate", "protocol_off"),
    ] {
        let response = site.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert!(text_of(response).contains(code), "{path}");
    }
    assert_eq!(site.ask("GET", "/api/display", &[("id", "AA:BB:CC:00:11:22")]).await.status(), 404);
    let response = site.get("/gate/ws").await;
    assert_eq!((response.status().as_u16(), header(response.headers(), "upgrade")), (426, "websocket"));
    assert_eq!(site.ask("POST", "/gate/next", &[]).await.status(), 405);
    let strangers = site.catalog.strangers().list(|_| false);
    assert_eq!((strangers[0].id.as_str(), strangers[0].protocol), ("nowhere", Some("tronbyt")));
}

#[tokio::test]
async fn a_page_too_large_for_a_board_is_replaced_by_the_idle_frame() {
    use crate::screen::ClipLimits;
    let mut kind = speaking("gate", ColorScheme::Red, "tronbyt");
    kind.clip = Some(ClipLimits { max_bytes: 150, ..ClipLimits::default() });
    let site = Site::of(vec![kind], |_| {});
    site.stage_frame("gate", noise(Size::new(320, 32)));
    let response = site.get("/gate/next").await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("tronbyt-brightness"));
    let webp = bytes_of(response);
    assert!(webp.len() <= 150, "{} bytes", webp.len());
    assert_eq!(webp, crate::frame::encode(&site.screen("gate").idle, crate::frame::Format::Webp).unwrap());
}

/// A face that compresses badly.
fn noise(size: Size) -> std::sync::Arc<crate::frame::Frame> {
    let mut raster = crate::render::Raster::dark(ColorScheme::Red, size);
    let mut state = 9u32;
    for y in 0..size.height {
        for pixel in raster.row_mut(y) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *pixel = (state >> 31) as u8;
        }
    }
    std::sync::Arc::new(crate::frame::Frame::new(&raster, crate::geometry::Rotation::R0, vec![]))
}

#[tokio::test]
async fn a_locked_board_needs_its_key_in_any_of_three_ways() {
    let mut kind = speaking("gate", ColorScheme::Red, "tronbyt");
    kind.token = TokenRule::Required;
    let site = Site::of(vec![kind], |_| {});
    site.give_token("gate", "board-key");
    site.stage(&[(1, 8)]);
    assert_eq!(site.get("/gate/next").await.status(), 401);
    assert_eq!(site.get("/gate/next?key=wrong").await.status(), 401);
    assert_eq!(site.get("/gate/next?key=board-key").await.status(), 200);
    for value in ["board-key", "Bearer board-key"] {
        assert_eq!(site.ask("GET", "/gate/next", &[("authorization", value)]).await.status(), 200);
    }
    site.give_token("gate", "new-key");
    assert_eq!(site.get("/gate/next?key=board-key").await.status(), 401, "revoked");
}

async fn trmnl(site: &Site, path: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let response = site.ask("GET", path, more).await;
    let status = response.status().as_u16();
    (status, serde_json::from_str(&text_of(response)).unwrap())
}

#[tokio::test]
async fn a_trmnl_panel_is_set_up_and_fetches_its_picture() {
    let site = site("trmnl");
    let mac = [("id", "AA:BB:CC:00:11:22"), ("model", "og"), ("fw-version", "1.5.2")];
    for path in ["/api/setup", "/api/setup/"] {
        let (status, json) = trmnl(&site, path, &mac).await;
        assert_eq!((status, &json["status"]), (200, &200.into()));
        assert_eq!(
            (json["api_key"].as_str().unwrap().len(), json["friendly_id"].as_str().unwrap().len()),
            (22, 6)
        );
        assert_eq!(json["message"], "gate的屏");
    }
    site.clock.advance(1000);
    let (status, json) = trmnl(&site, "/api/display", &mac).await;
    assert_eq!((status, &json["status"], &json["refresh_rate"]), (200, &0.into(), &8.into()));
    for (key, value) in [
        ("update_firmware", Value::Bool(false)),
        ("reset_firmware", Value::Bool(false)),
        ("firmware_url", Value::Null),
        ("special_function", "none".into()),
    ] {
        assert_eq!(json[key], value, "{key}");
    }
    let (name, url) = (json["filename"].as_str().unwrap(), json["image_url"].as_str().unwrap());
    assert!(name.len() <= 31 && name.strip_suffix(".bmp").is_some(), "{name}");
    let response = site.get(url).await;
    assert_eq!(response.status(), 200);
    let bmp = bytes_of(response);
    assert!(crate::digest::Digest::of(&bmp).to_string().starts_with(name.trim_end_matches(".bmp")));
    let field = |at: usize| u32::from_le_bytes(bmp[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&bmp[..2], field(2), bmp[28], field(34)), (&b"BM"[..], bmp.len(), 1, bmp.len() - 62));
    assert!((field(22) as i32) > 0 && bmp.len() <= 90_000, "bottom-up");
    let caller = site.screen("gate").stage.contact().caller().unwrap();
    assert_eq!(&*caller.agent, "TRMNL og 1.5.2");

    site.clock.advance(7000);
    let (_, next) = trmnl(&site, "/api/display", &mac).await;
    assert_ne!(
        (&next["filename"], &next["image_url"]),
        (&json["filename"], &json["image_url"]),
        "the next page"
    );
    for guess in ["/api/image/gate/00000000000000000000000000000000", "/api/image/plain"] {
        let file = url.rsplit('/').next().unwrap();
        assert_eq!(site.get(&format!("{guess}/{file}")).await.status(), 404, "{guess}");
    }
    assert_eq!(site.get("/api/image/gate/x/y").await.status(), 404);
}

#[tokio::test]
async fn trmnl_devices_that_are_not_known_or_not_allowed() {
    let mut kind = speaking("gate", ColorScheme::Red, "trmnl");
    kind.token = TokenRule::Required;
    let site = Site::of(vec![kind], |_| {});
    site.give_token("gate", "panel-token");
    site.stage(&[(1, 8)]);
    let stranger = [("id", "11:22:33:44:55:66"), ("width", "800"), ("height", "480")];
    for path in ["/api/setup", "/api/display"] {
        let (status, json) = trmnl(&site, path, &stranger).await;
        assert_eq!((status, &json["status"]), (404, &404.into()), "{path}");
    }
    let noted = &site.catalog.strangers().list(|_| false)[0];
    assert_eq!(
        (noted.id.as_str(), noted.mac.as_deref(), noted.count),
        ("112233445566", Some("11:22:33:44:55:66"), 2)
    );
    assert_eq!(noted.size, Some(Size::new(800, 480)));
    let mac = ("id", "AA:BB:CC:00:11:22");
    assert_eq!(trmnl(&site, "/api/display", &[mac]).await.0, 401);
    assert_eq!(
        trmnl(&site, "/api/setup", &[mac]).await.0,
        401,
        "a key is not given to who merely knows an address"
    );
    let (status, json) = trmnl(&site, "/api/display", &[mac, ("access-token", "panel-token")]).await;
    assert_eq!(status, 200);
    assert!(!json.to_string().contains("panel-token"), "addresses carry no token");
    assert_eq!(site.get(json["image_url"].as_str().unwrap()).await.status(), 200, "asked for without any");
    let (status, _) = trmnl(&site, "/api/display", &[("access-token", "panel-token")]).await;
    assert_eq!(status, 200, "the token alone says which screen it is");
}

#[test]
fn no_header_of_a_device_makes_the_server_fail() {
    use proptest::prelude::*;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let site = runtime.block_on(async { site("tronbyt, trmnl") });
    let value = "[ -~]{0,40}";
    proptest!(ProptestConfig::with_cases(64), |(id in value, key in value, width in value, device in "[^/?#%]{1,20}")| {
        let headers = [("id", &*id), ("access-token", &key), ("width", &width), ("height", &width), ("model", &key)];
        let device = percent_encoding::utf8_percent_encode(&device, percent_encoding::NON_ALPHANUMERIC);
        for path in ["/api/display".to_owned(), "/api/setup".to_owned(), format!("/{device}/next"), format!("/{device}/ws")] {
            let status = runtime.block_on(site.ask("GET", &path, &headers)).status().as_u16();
            prop_assert!(matches!(status, 200 | 401 | 404 | 426), "{path}: {status}");
        }
    });
}

#[tokio::test]
async fn trmnl_is_never_told_500() {
    let early = Site::of(Vec::new(), |snapshot| snapshot.ready = false);
    let (status, json) = trmnl(&early, "/api/display", &[("id", "AA:BB:CC:00:11:22")]).await;
    assert_eq!((status, &json["status"], &json["image_url"]), (200, &202.into(), &Value::Null));
}

#[tokio::test]
async fn trmnl_logs_are_taken_and_what_is_none_is_refused() {
    let site = site("trmnl");
    let post = async |body: &str, id: &str| {
        let request = http::Request::builder().method("POST").uri("/api/log").header("id", id);
        let request = request.body(http_body_util::Full::new(bytes::Bytes::from(body.to_owned()))).unwrap();
        let Ok(response) = site.door.call(request).await;
        response.status().as_u16()
    };
    let mac = "aabbcc001122";
    assert_eq!(post(r#"{"logs":[{"message":"low battery"}]}"#, mac).await, 204);
    assert_eq!(post("{}", "gate").await, 204);
    for bad in ["", "[]", "hello", "{\"logs\":", "\u{0}"] {
        assert_eq!(post(bad, mac).await, 400, "{bad}");
    }
    assert_eq!(post("{}", "00:00:00:00:00:00").await, 404);
    assert_eq!(post(&"x".repeat(70_000), mac).await, 413);
    let get = site.get("/api/log").await;
    assert_eq!((get.status().as_u16(), header(get.headers(), "allow")), (405, "POST"));
}

#[tokio::test]
async fn panels_with_more_colours_or_more_dots_get_png() {
    let mut large = speaking("large", ColorScheme::White, "trmnl");
    large.size = Size::new(1024, 758);
    let site = Site::of(vec![speaking("gate", ColorScheme::Rgb, "trmnl"), large], |_| {});
    for id in ["gate", "large"] {
        let (_, json) = trmnl(&site, "/api/display", &[("id", id)]).await;
        let url = json["image_url"].as_str().unwrap();
        assert!(
            url.strip_suffix(".png").is_some() && json["filename"].as_str().unwrap().len() <= 31,
            "{url}"
        );
    }
}

#[tokio::test]
async fn the_example_of_the_documentation_works() {
    let site = site("card");
    site.clock.advance(3000);
    let answer = bytes_of(site.get("/card7/gate").await);
    let dots =
        crate::frame::encode(&frame(ColorScheme::Red, Size::new(320, 32), 1), crate::frame::Format::Raw1);
    assert_eq!(answer, [b"CARD7 320x32 5\n".to_vec(), dots.unwrap()].concat());
    assert_eq!(site.get("/card7/plain").await.status(), 404);
    let page = include_str!("../../../docs/adding-a-protocol.md");
    let code = include_str!("card.rs");
    assert!(page.contains(code), "docs/adding-a-protocol.md shows another card.rs");
    let statements = code.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//"));
    assert!(statements.count() <= 40, "short enough to be read");
}
