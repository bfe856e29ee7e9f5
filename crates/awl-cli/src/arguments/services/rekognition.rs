//! `rekognition`: the bytes of an image by themselves.
// Parity: awscli/customizations/{rekognition,arguments}.py,
// NestedBlobArgumentHoister.

use awl_model::ShapeKind;

use crate::arguments::Table;
use crate::arguments::added::{Added, Customization, map_at};

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| {
            hoist(table, "source-image", &SOURCE_IMAGE);
            hoist(table, "target-image", &TARGET_IMAGE);
        },
        ..Customization::of("compare-faces")
    },
    Customization {
        table: |table| hoist(table, "image", &IMAGE),
        ..Customization::of("*")
    },
];

static SOURCE_IMAGE: Added = bytes_of("source-image-bytes", "SourceImage");
static TARGET_IMAGE: Added = bytes_of("target-image-bytes", "TargetImage");
static IMAGE: Added = bytes_of("image-bytes", "Image");

const fn bytes_of(name: &'static str, key: &'static str) -> Added {
    Added::new(name, key, |added, setting, value| {
        map_at(setting.parameters, added.key).insert("Bytes", value);
        Ok(())
    })
}

/// Adds the argument of the bytes that `source` has, where it has any.
fn hoist(table: &mut Table, source: &str, added: &'static Added) {
    let bytes = table
        .member(source)
        .and_then(|member| member.shape().member("Bytes"));
    if bytes.is_some_and(|bytes| bytes.shape().kind() == ShapeKind::Blob) {
        table.add(added);
        table.require(source, false);
    }
}
