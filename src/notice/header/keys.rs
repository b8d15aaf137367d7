//! Which keys may a header have, and what do people call them? One row a key: the English and the
//! Chinese name, then the words that clerks use instead.

use crate::text::fold_name;

macro_rules! keys {
    ($( $(#[$doc:meta])* $key:ident: $en:literal $zh:literal [$($also:literal)*]; )*) => {
        /// A key of a header, sidecar or `playlist.yaml`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Key { $( $(#[$doc])* $key, )* }

        impl Key {
            /// Every key.
            pub const ALL: &'static [Self] = &[ $( Self::$key, )* ];

            /// The English name.
            pub const fn en(self) -> &'static str {
                match self { $( Self::$key => $en, )* }
            }

            /// The Chinese name.
            pub const fn zh(self) -> &'static str {
                match self { $( Self::$key => $zh, )* }
            }

            const fn also(self) -> &'static [&'static str] {
                match self { $( Self::$key => &[$($also),*], )* }
            }
        }
    };
}

keys! {
    /// 标题
    Title: "title" "标题" ["题目" "题名" "公告标题" "通知标题" "文件标题" "公告名称" "通知名称" "subject" "headline"];
    /// 类别
    Category: "category" "类别" ["分类" "类型" "栏目" "种类" "公告类别" "信息类别" "信息分类" "公告类型" "type" "section"];
    /// 索引号
    Index: "index" "索引号" ["索引" "信息索引号" "公开索引号" "indexnumber" "indexno"];
    /// 发布机构
    Issuer: "issuer" "发布机构" ["发布单位" "发布机关" "发布部门" "发布人" "发布者" "落款" "落款单位" "发文机关" "发文单位" "发文机构" "制发机关" "署名" "publisher" "issuedby" "publishedby"];
    /// 文号
    Document: "document" "文号" ["发文字号" "发文号" "公文号" "文件号" "文件编号" "文件字号" "documentnumber" "documentno" "docno"];
    /// 成文日期
    Date: "date" "成文日期" ["日期" "落款日期" "发布日期" "发文日期" "印发日期" "成文时间" "发布时间" "发文时间" "published" "publishdate" "issued" "issuedate" "dated"];
    /// 提供
    Provider: "provider" "提供" ["提供人" "提供者" "提供单位" "提供部门" "信息提供" "信息提供人" "信息提供者" "信息提供单位" "供稿" "供稿人" "供稿单位" "来源" "信息来源" "拟稿" "拟稿人" "撰稿" "撰稿人" "起草" "起草人" "经办" "经办人" "报送" "报送人" "报送单位" "填报人" "providedby" "source" "author"];
    /// 审核
    Reviewer: "reviewer" "审核" ["审核人" "审核者" "审核单位" "审核部门" "审核领导" "审稿" "审稿人" "信息审核" "信息审核人" "审批" "审批人" "审签" "审签人" "审定" "审定人" "审阅" "审阅人" "核稿" "核稿人" "签发" "签发人" "复核" "复核人" "批准" "批准人" "reviewedby" "approver" "approvedby" "review" "checkedby"];
    /// 负责
    Responsible: "responsible" "负责" ["负责人" "负责单位" "负责部门" "责任" "责任人" "责任单位" "责任部门" "责任编辑" "信息负责人" "信息责任人" "主管" "主管人" "responsibleperson" "incharge" "personincharge" "owner" "accountable"];
    /// 保密审查
    SecrecyReview: "secrecy_review" "保密审查" ["保密审查人" "保密审查员" "保密审查者" "保密审查单位" "保密审查部门" "保密审查责任人" "保密审核" "保密审核人" "保密检查" "保密检查人" "保密责任人" "保密员" "保密" "定密审查" "涉密审查" "涉密审查人" "信息保密审查" "secrecyreviewer" "secrecy" "secrecycheck" "confidentialityreview" "confidentialityreviewer" "securityreview"];
    /// 自
    From: "from" "自" ["从" "起" "自从" "开始" "开始时间" "开始日期" "起始" "起始时间" "起始日期" "生效" "生效时间" "生效日期" "有效期自" "有效期起" "有效期从" "上屏时间" "上屏日期" "播放自" "展示自" "start" "starts" "startdate" "starttime" "begin" "begins" "since" "validfrom" "effective" "effectivefrom"];
    /// 至
    Until: "until" "至" ["到" "止" "截止" "截至" "截止日期" "截止时间" "截至日期" "截至时间" "结束" "结束时间" "结束日期" "有效期" "有效期至" "有效期到" "有效期限" "有效期止" "有效至" "有效日期" "期限" "到期" "到期日" "到期日期" "到期时间" "失效日期" "失效时间" "终止日期" "下屏时间" "下屏日期" "播放至" "展示至" "公示期" "公示期至" "公示期限" "公示截止" "end" "ends" "enddate" "endtime" "to" "till" "expires" "expiry" "expirydate" "validuntil" "validto" "deadline"];
    /// 时段
    Hours: "hours" "时段" ["播放时段" "播出时段" "展示时段" "显示时段" "播放时间" "播放时间段" "显示时间" "展示时间" "时间段" "showhours" "daypart" "schedule" "timeslot"];
    /// 级别
    Priority: "priority" "级别" ["优先级" "优先级别" "等级" "紧急程度" "紧急级别" "重要程度" "重要性" "缓急" "缓急程度" "urgency" "importance" "level"];
    /// 替代
    Replaces: "replaces" "替代" ["替换" "取代" "代替" "替代文件" "替换文件" "取代文件" "废止" "replace" "supersedes" "supersede"];
    /// 停留
    Dwell: "dwell" "停留" ["停留时间" "停留时长" "停留秒数" "每页停留" "每页时间" "每页秒数" "时长" "翻页间隔" "翻页时间" "duration" "dwelltime" "pagetime"];
    /// 样式
    Style: "style" "样式" ["显示样式" "显示方式" "展示方式" "播放方式" "播出方式" "方式" "模式" "mode"];
    /// 适配
    Fit: "fit" "适配" ["适应" "缩放" "缩放方式" "图片适配" "填充" "填充方式" "scale" "scaling"];
    /// 屏幕
    Screens: "screens" "屏幕" ["屏" "显示屏" "播放屏幕" "显示屏幕" "投放屏幕" "目标屏幕" "大屏" "screen"];
    /// 顺序
    Order: "order" "顺序" ["序号" "排序" "次序" "播放顺序" "显示顺序" "rank" "position"];
    /// 编码
    Charset: "charset" "编码" ["字符集" "字符编码" "文字编码" "文件编码" "encoding" "codepage"];
    /// 隐私豁免
    PrivacyExempt: "privacy_exempt" "隐私豁免" ["豁免" "豁免理由" "隐私豁免理由" "隐私例外" "隐私公开理由" "个人信息豁免" "privacyexemption" "exempt"];
    /// 保留天数, in `playlist.yaml` only
    KeepDays: "keep_days" "保留天数" ["保留" "保留期" "保留日数" "有效天数" "播放天数" "展示天数" "keep" "days" "retention"];
}

impl Key {
    /// The key that `written` names, in any width, case and spacing.
    pub fn find(written: &str) -> Option<Self> {
        let wanted = normal(written);
        Self::ALL.iter().copied().find(|key| key.names().any(|name| normal_eq(name, &wanted)))
    }

    /// The name in the script in which `written` is written.
    pub fn name_like(self, written: &str) -> &'static str {
        if is_latin(written) { self.en() } else { self.zh() }
    }

    /// Its names: English, Chinese, then the synonyms.
    fn names(self) -> impl Iterator<Item = &'static str> {
        [self.en(), self.zh()].into_iter().chain(self.also().iter().copied())
    }
}

/// The known name nearest to `written` by edit distance, among names of the same script, and the
/// distance. Proper names win over synonyms that are as near.
pub fn nearest(written: &str) -> (&'static str, usize) {
    let latin = is_latin(written);
    let wanted: Vec<char> = normal(written).chars().take(32).collect();
    let proper = Key::ALL.iter().map(|key| if latin { key.en() } else { key.zh() });
    let synonyms = Key::ALL.iter().flat_map(|key| key.also().iter().copied());
    let mut best = (if latin { "title" } else { "标题" }, usize::MAX);
    for name in proper.chain(synonyms.filter(|name| name.is_ascii() == latin)) {
        let distance = edit_distance(&wanted, &normal(name).chars().collect::<Vec<_>>());
        if distance < best.1 {
            best = (name, distance);
        }
    }
    best
}

/// Whether `written` is so near to a known name that it must be a slip of the pen.
pub fn is_misspelt(written: &str) -> bool {
    let length = normal(written).chars().count();
    let (name, distance) = nearest(written);
    let longer = length.max(name.chars().count());
    // One wrong character of two is no evidence: 时间 is not a misspelt 时段.
    longer >= 3 && distance * 3 <= longer
}

/// Width, case, spaces, `_`, `-` and decoration do not tell keys apart.
fn normal(written: &str) -> String {
    let decoration = |c: char| "_-—*#`\"'“”‘’[]【】()<>《》·•".contains(c);
    fold_name(written).chars().filter(|c| !decoration(*c)).collect()
}

/// Whether a name from the table is the normal form `wanted`.
fn normal_eq(name: &str, wanted: &str) -> bool {
    name.chars().filter(|c| *c != '_').eq(wanted.chars())
}

fn is_latin(written: &str) -> bool {
    written.chars().any(|c| c.is_ascii_alphabetic()) && !written.chars().any(|c| c > '\u{2E7F}')
}

/// Levenshtein's distance in characters.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_keys_and_each_is_in_normal_form() {
        let mut seen = std::collections::BTreeMap::new();
        for key in Key::ALL {
            for name in key.names() {
                assert_eq!(normal(name), name.replace('_', ""), "{name}");
                assert_eq!(seen.insert(name, *key), None, "{name} stands twice");
                assert_eq!(Key::find(name), Some(*key));
            }
        }
    }

    #[test]
    fn keys_are_found_however_they_are_typed() {
        for (written, key) in [
            ("ＴＩＴＬＥ", Key::Title),
            ("Secrecy Review", Key::SecrecyReview),
            ("secrecy-review", Key::SecrecyReview),
            ("保 密 审 查", Key::SecrecyReview),
            ("**标题**", Key::Title),
            ("【审核】", Key::Reviewer),
            ("审\u{200B}核　人", Key::Reviewer),
        ] {
            assert_eq!(Key::find(written), Some(key), "{written}");
        }
        assert_eq!(Key::find(""), None);
        assert_eq!(Key::find("时间"), None, "stands in bodies");
    }

    #[test]
    fn the_nearest_key_is_named_in_the_writers_script() {
        assert_eq!(nearest("类型别").0, "类别");
        assert_eq!(nearest("titel").0, "title");
        assert_eq!(nearest("provder").0, "provider");
        assert!(is_misspelt("类型别") && is_misspelt("保密审察") && is_misspelt("reveiwer"));
        assert!(!is_misspelt("时间") && !is_misspelt("联系电话") && !is_misspelt("地点"));
    }
}
