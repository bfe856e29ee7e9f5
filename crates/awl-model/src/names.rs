//! Names as the command line derives them from those of the models.

/// Words that are one word, though their letters would make them several.
const WORDS: [(&str, &str); 6] = [
    ("HITs", "Hits"),
    ("OAuth2", "Oauth2"),
    ("OTel", "Otel"),
    ("PartiQL", "Partiql"),
    ("WhatsApp", "Whatsapp"),
    ("iSCSI", "Iscsi"),
];

/// The names in which [`WORDS`] are taken so; elsewhere the rule holds. Sorted.
// Parity: botocore/__init__.py, _xform_cache.
const NAMES_WITH_WORDS: [&str; 51] = [
    "AssociateWhatsAppBusinessAccount",
    "CreateCachediSCSIVolume",
    "CreateOAuth2Token",
    "CreateOAuth2TokenWithIAM",
    "CreateStorediSCSIVolume",
    "CreateWhatsAppDataset",
    "CreateWhatsAppFlow",
    "CreateWhatsAppMessageTemplate",
    "CreateWhatsAppMessageTemplateFromLibrary",
    "CreateWhatsAppMessageTemplateMedia",
    "DeleteWhatsAppFlow",
    "DeleteWhatsAppMessageMedia",
    "DeleteWhatsAppMessageTemplate",
    "DeprecateWhatsAppFlow",
    "DescribeCachediSCSIVolumes",
    "DescribeStorediSCSIVolumes",
    "DisassociateWhatsAppBusinessAccount",
    "ExecutePartiQLBatch",
    "ExecutePartiQLStatement",
    "ExecutePartiQLTransaction",
    "GetLinkedWhatsAppBusinessAccount",
    "GetLinkedWhatsAppBusinessAccountPhoneNumber",
    "GetOTelEnrichment",
    "GetWhatsAppBusinessPublicKey",
    "GetWhatsAppCallPermission",
    "GetWhatsAppFlow",
    "GetWhatsAppFlowPreview",
    "GetWhatsAppMessageMedia",
    "GetWhatsAppMessageTemplate",
    "IntrospectOAuth2TokenWithIAM",
    "ListHITsForQualificationType",
    "ListLinkedWhatsAppBusinessAccounts",
    "ListWhatsAppFlowAssets",
    "ListWhatsAppFlows",
    "ListWhatsAppMessageTemplates",
    "ListWhatsAppTemplateLibrary",
    "PostWhatsAppMessageMedia",
    "PublishWhatsAppFlow",
    "PutWhatsAppBusinessAccountEventDestinations",
    "PutWhatsAppBusinessPublicKey",
    "RevokeOAuth2TokenWithIAM",
    "SendWhatsAppCallEvent",
    "SendWhatsAppConversionEvent",
    "SendWhatsAppMessage",
    "StartOTelEnrichment",
    "StopOTelEnrichment",
    "UpdateLinkedWhatsAppBusinessAccountPhoneNumber",
    "UpdateOTelEnrichment",
    "UpdateWhatsAppFlow",
    "UpdateWhatsAppFlowAssets",
    "UpdateWhatsAppMessageTemplate",
];

/// The name on the command line: `DescribeInstances` to `describe-instances`.
// Parity: botocore/__init__.py, xform_name.
#[must_use]
pub fn kebab_case(name: &str) -> String {
    separate(name, '-')
}

/// The name in Python: `DescribeInstances` to `describe_instances`; waiters and
/// client context parameters are named so.
#[must_use]
pub fn snake_case(name: &str) -> String {
    separate(name, '_')
}

fn separate(name: &str, separator: char) -> String {
    if name.contains(separator) {
        return name.to_owned();
    }
    let mut name = name.to_owned();
    if NAMES_WITH_WORDS.binary_search(&name.as_str()).is_ok() {
        for (word, plain) in WORDS {
            name = name.replace(word, plain);
        }
    }
    // A plural of capitals at the end is one word: `ListARNs`, `list-arns`.
    if let Some(stem) = name.strip_suffix('s') {
        let letters = stem.trim_end_matches(|letter: char| letter.is_ascii_uppercase());
        if stem.len() - letters.len() >= 2 {
            name = format!(
                "{letters}{separator}{}",
                name[letters.len()..].to_ascii_lowercase()
            );
        }
    }
    before_words(&name, separator)
}

/// Puts the separator before each capital that begins a word in small letters,
/// then between a small letter or digit and a capital, and lowers all.
fn before_words(name: &str, separator: char) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words = Vec::with_capacity(letters.len() + 8);
    let mut at = 0;
    while at < letters.len() {
        words.push(letters[at]);
        at += 1;
        let begins = letters.get(at).is_some_and(char::is_ascii_uppercase)
            && letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if begins {
            words.push(separator);
            words.push(letters[at]);
            at += 1;
            while let Some(letter) = letters.get(at).filter(|letter| letter.is_ascii_lowercase()) {
                words.push(*letter);
                at += 1;
            }
        }
    }
    let mut result = String::with_capacity(words.len() + 8);
    for (index, letter) in words.iter().enumerate() {
        let ends = letter.is_ascii_uppercase()
            && index > 0
            && (words[index - 1].is_ascii_lowercase() || words[index - 1].is_ascii_digit());
        if ends {
            result.push(separator);
        }
        result.extend(letter.to_lowercase());
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_real_cli() {
        for (name, expected) in [
            ("DescribeInstances", "describe-instances"),
            ("ListObjectsV2", "list-objects-v2"),
            (
                "GetEC2InstanceRecommendations",
                "get-ec2-instance-recommendations",
            ),
            ("DescribeDBInstances", "describe-db-instances"),
            (
                "ListHITsForQualificationType",
                "list-hits-for-qualification-type",
            ),
            ("CreateCachediSCSIVolume", "create-cached-iscsi-volume"),
            ("ListTLDs", "list-tlds"),
            ("ARNs", "-arns"),
            ("IamInstanceProfile", "iam-instance-profile"),
            ("VpcIds", "vpc-ids"),
            ("SSEKMSKeyId", "ssekms-key-id"),
            ("S3Bucket", "s3-bucket"),
            ("already-there", "already-there"),
            ("ec2SecurityGroupIDs", "ec2-security-group-ids"),
            ("CreateOAuth2Token", "create-oauth2-token"),
            ("", ""),
        ] {
            assert_eq!(kebab_case(name), expected);
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(NAMES_WITH_WORDS.is_sorted());
    }
}
