//! Which of the policies in `assets/iam` allows what.

/// The policies, each with what it says.
const IAM_FILES: [(&str, &str); 5] = [
    (
        "source.json",
        include_str!("../../../assets/iam/source.json"),
    ),
    (
        "recipient.json",
        include_str!("../../../assets/iam/recipient.json"),
    ),
    (
        "read-only.json",
        include_str!("../../../assets/iam/read-only.json"),
    ),
    (
        "hand-over-source.json",
        include_str!("../../../assets/iam/hand-over-source.json"),
    ),
    (
        "hand-over-recipient.json",
        include_str!("../../../assets/iam/hand-over-recipient.json"),
    ),
];

/// The policies in `assets/iam` that have an action, such as `iot:GetPolicy`.
pub(super) fn files_with(action: &str) -> Vec<&'static str> {
    let quoted = format!("\"{action}\"");
    let has = IAM_FILES.iter().filter(|(_, text)| text.contains(&quoted));
    has.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Operation;
    use strum::IntoEnumIterator as _;

    #[test]
    fn every_action_that_is_needed_stands_in_a_policy_and_reading_changes_nothing() {
        let of_iot = |operation: &Operation| {
            !matches!(
                operation,
                Operation::Connect | Operation::Journal | Operation::GetCallerIdentity
            )
        };
        for operation in Operation::iter().filter(of_iot) {
            let files = files_with(&operation.iam_action());
            assert!(!files.is_empty(), "{}", operation.name());
            let reads = files.contains(&"read-only.json");
            // Neither is needed to look at anything.
            let of_hand_over = matches!(
                operation,
                Operation::TestAuthorization | Operation::DescribeEndpoint
            );
            let wanted = !operation.mutates() && !of_hand_over;
            assert_eq!(reads, wanted, "{}", operation.name());
        }
        assert_eq!(
            files_with("iot:TransferCertificate"),
            ["source.json", "hand-over-source.json"]
        );
        assert_eq!(
            files_with("iot:AcceptCertificateTransfer"),
            ["recipient.json", "hand-over-recipient.json"]
        );
        assert_eq!(files_with("iot:CreatePolicy"), ["hand-over-recipient.json"]);
        assert!(files_with("iot:Get").is_empty());
    }

    #[test]
    fn the_policies_are_json_with_one_resource_form() {
        for (name, text) in IAM_FILES {
            let policy: serde_json::Value = serde_json::from_str(text).unwrap();
            let statements = policy["Statement"].as_array().unwrap();
            assert!(
                statements.iter().all(|it| it["Effect"] == "Allow"),
                "{name}"
            );
        }
    }
}
