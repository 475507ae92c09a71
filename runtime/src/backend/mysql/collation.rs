//! Collations and column types that MariaDB sorts by one rule and compares by another, found by a
//! survey of all collations of version 10.11. Rows that are sorted one way and sought another way
//! would be lost.

use sqlx::error::BoxDynError;

use super::text::Text;

/// The type of a text column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `CHAR`
    Fixed,
    /// `VARCHAR`
    Varying,
    /// `TINYTEXT`, which is sorted by its first 255 bytes of weights, whatever the session sets.
    Tiny,
    /// `TEXT`, which is sorted by its first 65,535 bytes of weights.
    Text,
    /// `MEDIUMTEXT`, `LONGTEXT`
    Long,
}

impl Kind {
    /// Finds the kind from the type of a result column, which only `Debug` shows in full.
    pub(super) fn of(type_info: &str) -> Option<Self> {
        let part = |name: &str| {
            let rest = &type_info[type_info.find(name)? + name.len()..];
            rest.split(|c: char| !c.is_ascii_alphanumeric()).find(|part| !part.is_empty())
        };
        let size = part("max_size: Some(").and_then(|size| size.parse::<u64>().ok());
        Some(match part("type: ")? {
            "String" => Self::Fixed,
            "VarString" | "VarChar" => Self::Varying,
            "TinyBlob" => Self::Tiny,
            "MediumBlob" | "LongBlob" => Self::Long,
            // They all arrive as this type. A character of the connection has up to four bytes.
            "Blob" => match size? {
                0..=1_020 => Self::Tiny,
                1_021..=262_140 => Self::Text,
                _ => Self::Long,
            },
            _ => return None,
        })
    }

    /// Returns the number of bytes of weights that the server looks at when sorting, as requested
    /// by [`SELECT_SORTED`](crate::backend::dialect::Speaks::SELECT_SORTED).
    pub(super) const fn sorted_bytes(self) -> usize {
        match self {
            Self::Tiny => 255,
            Self::Text => 65_535,
            Self::Fixed | Self::Varying | Self::Long => 131_000,
        }
    }

    const fn is_blob(self) -> bool {
        matches!(self, Self::Tiny | Self::Text | Self::Long)
    }
}

/// Collations that sort by another rule than they compare by, whatever the type of the column.
const UNSOUND: [&str; 6] = [
    // Sorted with 37 weights, compared by code.
    "big5_chinese_ci",
    "big5_chinese_nopad_ci",
    // A space at the end has one weight when sorting and another when comparing.
    "latin7_general_ci",
    "latin7_general_cs",
    "latin7_estonian_cs",
    "cp1250_czech_cs",
];

/// Refuses a key that is sorted by another rule than it is compared by.
pub(super) fn check(text: &Text, kind: Kind) -> Result<(), BoxDynError> {
    let collation = text.collation();
    let ends = |ends: &[&str]| ends.iter().any(|end| collation.ends_with(end));
    // The weights of further levels are at the end of a sort key, and are cut off with it.
    let has_levels = collation.contains("_uca1400_") && ends(&["_ai_cs", "_as_ci", "_as_cs"]);
    let reason = if UNSOUND.contains(&collation) || collation.ends_with("_thai_520_w2") {
        "sorts by another rule than it compares by"
    } else if kind.is_blob() && has_levels {
        "does not sort a TEXT by case and accents, although it compares by them; make it a VARCHAR"
    } else if kind == Kind::Fixed && collation.starts_with("tis620_thai_") {
        "sorts a CHAR by another rule than it compares by; make it a VARCHAR"
    } else if kind == Kind::Fixed && collation.contains("_nopad_") && !text.is_padded() {
        "sorts a CHAR with the spaces that it is filled up with, and compares it without; \
         make it a VARCHAR"
    } else {
        return Ok(());
    };
    Err(format!("the collation {collation} {reason}, or order by another unique column").into())
}

/// Refuses a value that its collation sorts as if it were shorter.
pub(super) fn check_end(text: &Text) -> Result<(), BoxDynError> {
    if text.bytes().ends_with(&[0]) && text.collation().contains("_nopad_") {
        return Err(format!(
            "the collation {} does not sort by a character U+0000 at the end, although it compares \
             by it; correct the value, or order by another unique column",
            text.collation()
        )
        .into());
    }
    Ok(())
}

/// Returns whether two texts of a kind may be sorted as equal although they differ, because the
/// server looks only at the first `sorted_bytes` bytes of weights.
pub(super) fn may_be_cut_short(one: &[u8], other: &[u8], sorted_bytes: usize) -> bool {
    // An ASCII character has at most four bytes of weights. Any other has at most three levels of
    // four weights of two bytes.
    let weights =
        |text: &[u8]| text.iter().map(|byte| if byte.is_ascii() { 4 } else { 24 }).sum::<usize>();
    if one.len().min(other.len()) * 24 <= sorted_bytes {
        return false;
    }
    // Letters and digits differ in their first weights. Other characters may not differ at all.
    let clearly_differ = one
        .iter()
        .zip(other)
        .take(sorted_bytes / 4)
        .take_while(|(one, other)| one.is_ascii_alphanumeric() && other.is_ascii_alphanumeric())
        .any(|(one, other)| !one.eq_ignore_ascii_case(other));
    !clearly_differ && weights(one) > sorted_bytes && weights(other) > sorted_bytes
}

#[cfg(test)]
mod tests {
    use sqlx::{MySql, Type};

    use super::{Kind, may_be_cut_short};

    /// Another version of the driver may name its types differently.
    #[test]
    fn kinds_are_told_by_the_types_of_the_driver() {
        let text = format!("{:?}", <String as Type<MySql>>::type_info());
        assert_eq!(Kind::of(&text), Some(Kind::Varying), "{text}");
        let blob = format!("{:?}", <Vec<u8> as Type<MySql>>::type_info());
        assert!(blob.contains("type: Blob") && blob.contains("max_size: None"), "{blob}");
        let sized = |size: u64| Kind::of(&blob.replace("None", &format!("Some({size})")));
        assert_eq!(sized(1_020), Some(Kind::Tiny));
        assert_eq!(sized(262_140), Some(Kind::Text));
        assert_eq!(sized(4_294_967_295), Some(Kind::Long));
    }

    #[test]
    fn long_texts_that_begin_alike_may_be_sorted_as_equal() {
        let long = |end: &str| "a".repeat(100) + end;
        assert!(may_be_cut_short(long("b").as_bytes(), long("c").as_bytes(), 255));
        assert!(!may_be_cut_short(long("b").as_bytes(), long("c").as_bytes(), 65_535));
        assert!(!may_be_cut_short(long("b").as_bytes(), b"a", 255));
        assert!(!may_be_cut_short(
            long("b").as_bytes(),
            long("c").replace('a', "b").as_bytes(),
            255
        ));
        assert!(may_be_cut_short(long("").as_bytes(), long("").to_uppercase().as_bytes(), 255));
    }
}
