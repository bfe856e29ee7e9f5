//! `quicksight`: the bytes of an asset bundle by themselves.
// Parity: awscli/customizations/quicksight.py.

use crate::arguments::added::{Added, Customization, map_at};

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    table: |table| {
        table.add(&SOURCE_BYTES);
        table.require("asset-bundle-import-source", false);
    },
    ..Customization::of("start-asset-bundle-import-job")
}];

static SOURCE_BYTES: Added = Added::new(
    "asset-bundle-import-source-bytes",
    "Body",
    |added, setting, value| {
        map_at(setting.parameters, "AssetBundleImportSource").insert(added.key, value);
        Ok(())
    },
);
