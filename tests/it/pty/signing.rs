//! How a person comes to credentials, and what is said when there are none or they end: AWS STS and IAM Identity
//! Center that answer and refuse, as the profiles of a configuration ask them.

use std::{fmt::Write as _, time::Duration};

use certferry::simulator::{Clock, NewCertificate, NewRole, Operation, Simulator};
use sha1::{Digest as _, Sha1};

use super::{Pty, served::Served};

const BASE: &str = "111122223333";
const ROLE_S: &str = "444455556666";
const ROLE: &str = "arn:aws:iam::444455556666:role/Fleet";
const DEVICE: &str = "arn:aws:iam::111122223333:mfa/ops";

struct Desk {
    simulator: Simulator,
    served: Served,
}

impl Desk {
    /// A configuration, where `KEYS` stands for the keys of the account that the roles are assumed from.
    fn new(config: &str) -> Self {
        let simulator = Simulator::new(Clock::System);
        let key = simulator.create_account(BASE);
        let device = NewCertificate::new("pump-1", 1);
        simulator.add_certificate(ROLE_S, &device).unwrap();
        let served = Served::new(&simulator);
        let keys = format!(
            "aws_access_key_id = {}\naws_secret_access_key = {}\n",
            key.access_key_id, key.secret_access_key
        );
        served.write(".aws/config", &config.replace("KEYS", &keys));
        Self { simulator, served }
    }

    fn with_mfa() -> Self {
        let desk = Self::new(&format!(
            "[default]\nKEYS[profile m]\nrole_arn = {ROLE}\nsource_profile = default\nmfa_serial = {DEVICE}\n\
             [profile stale]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
        ));
        let role = NewRole::new(ROLE).mfa(DEVICE, &["111111", "222222", "333333"]);
        desk.simulator.create_role(role);
        desk
    }

    fn start(&self, profile: &str) -> Pty {
        let mut command = self.served.certferry(&["--profile", profile]);
        command.env("CERTFERRY_LOG", "trace");
        Pty::start(command, 80, 24)
    }

    fn calls(&self, operation: Operation) -> usize {
        let calls = self.simulator.calls();
        calls
            .iter()
            .filter(|call| call.operation == Some(operation))
            .count()
    }
}

/// The name of the file that the AWS CLI keeps a sign-in in.
fn cached(session: &str) -> String {
    let digest = Sha1::digest(session);
    let hex = digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!(".aws/sso/cache/{hex}.json")
}

/// Not one file of the home has a secret in it, although everything is logged.
fn nothing_secret_is_kept(desk: &Desk, secrets: &[&str]) {
    let key = desk.simulator.access_key(BASE);
    let mut all = vec![
        &*key.secret_access_key,
        "session-token",
        "SecretAccessKey",
        "secretAccessKey",
        "x-amz-security-token:",
    ];
    all.extend(secrets);
    let mut files = vec![desk.served.home().to_owned()];
    let mut logged = false;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        // The person's own.
        if path.ends_with(".aws/config") || path.parent().unwrap().ends_with("cache") {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        logged |= text.contains("certferry starts") && text.contains("aws_smithy_runtime");
        for secret in &all {
            assert!(
                !text.contains(secret),
                "{secret} in {}:\n{text}",
                path.display()
            );
        }
    }
    assert!(logged, "nothing was logged");
}

fn leaves(mut pty: Pty) {
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn a_code_is_asked_for_once_in_the_life_of_a_session() {
    let desk = Desk::with_mfa();
    let mut pty = desk.start("m");
    pty.read_it("A code of the MFA device");
    pty.wait_for("mfa/ops");
    // Without a code nobody asks for the role.
    assert_eq!(desk.calls(Operation::AssumeRole), 0);
    for digit in "999999".chars() {
        pty.press(&digit.to_string());
    }
    pty.wait_for("6 of 6");
    pty.press("\r");
    pty.read_it("invalid MFA one time pass code");
    pty.press("1");
    pty.wait_for("1 of 6");
    pty.paste("1 1111");
    pty.wait_for("6 of 6");
    pty.press("\r");
    pty.wait_for("4444-5555-6666");
    pty.wait_for("Certificates  1 ");
    // The second time nobody asks again, wherever the connection leads meanwhile.
    pty.press("S");
    pty.wait_for("> stale");
    pty.press("\r");
    pty.wait_for("AWS does not accept the credentials.");
    pty.press("S");
    pty.wait_for("> default");
    pty.press("m");
    pty.wait_for("> m ");
    pty.press("\r");
    pty.wait_for("Certificates  1 ");
    let assumed = desk.calls(Operation::AssumeRole);
    let listed = desk.calls(Operation::ListCertificates);
    pty.press("r");
    pty.wait_until("another listing", |_| {
        desk.calls(Operation::ListCertificates) > listed
    });
    assert_eq!((assumed, desk.calls(Operation::AssumeRole)), (2, 2));

    // It ends, as AWS has it: one banner, the rows stay, and `r` asks for the next code.
    desk.simulator.end_sessions();
    pty.press("r");
    pty.wait_for("! Profile m: the credentials have expired");
    pty.wait_for("refresh failed");
    pty.press("r");
    pty.read_it("A code of the MFA device");
    for digit in "222222".chars() {
        pty.press(&digit.to_string());
    }
    pty.press("\r");
    pty.wait_until("the banner to go", |pty| {
        !pty.text().contains("Profile m:") && pty.text().contains("Certificates  1 ")
    });
    assert!(!pty.text().contains("222222"));
    leaves(pty);
    nothing_secret_is_kept(&desk, &["111111", "222222"]);
}

#[test]
fn a_code_that_nobody_types_leaves_everything_else() {
    let desk = Desk::with_mfa();
    let mut pty = desk.start("m");
    pty.read_it("A code of the MFA device");
    pty.press("\x1b");
    pty.wait_for("A code of an MFA device is needed");
    pty.press("S");
    pty.wait_for("Account");
    pty.press("\x1b");
    pty.press("r");
    pty.read_it("A code of the MFA device");
    pty.press("\x1b");
    leaves(pty);
    assert_eq!(desk.calls(Operation::AssumeRole), 0);
}

#[test]
fn a_role_is_assumed_with_a_role_and_what_its_profile_says() {
    let first = "arn:aws:iam::777788889999:role/path/First";
    let desk = Desk::new(&format!(
        "[profile a]\nrole_arn = {ROLE}\nsource_profile = b\nexternal_id = x # 1\n\
         [profile b]\nrole_arn = {first}\nsource_profile = b\nKEYS\
         [profile c]\nrole_arn = {first}\nsource_profile = c\nKEYS"
    ));
    let role = NewRole::new(ROLE).external_id("x # 1");
    desk.simulator.create_role(role);
    desk.simulator.create_role(NewRole::new(first));
    // Profile `b` has keys of its own, so as a source it is not a role.
    let mut pty = desk.start("a");
    pty.wait_for("4444-5555-6666");
    assert_eq!(desk.calls(Operation::AssumeRole), 1);
    leaves(pty);
    let mut pty = desk.start("c");
    pty.wait_for("7777-8888-9999");
    leaves(pty);
}

#[test]
fn a_role_that_is_refused_is_named() {
    let gone = "arn:aws:iam::444455556666:role/Gone";
    let desk = Desk::new(&format!(
        "[default]\nKEYS[profile m]\nrole_arn = {gone}\nsource_profile = default\n"
    ));
    let mut pty = desk.start("m");
    pty.wait_for("AWS does not give the role.");
    pty.wait_for("trust policy");
    pty.wait_for("role/Gone");
    pty.wait_for("AccessDenied");
    leaves(pty);
}

#[test]
fn an_sso_role_is_given_refused_or_signed_in_to() {
    let url = "https://corp.awsapps.com/start";
    let mut config = format!("[sso-session corp]\nsso_region = us-east-1\nsso_start_url = {url}\n");
    for (profile, role) in [("ops", "Operator"), ("admin", "Administrator")] {
        let _ = write!(
            config,
            "[profile {profile}]\nsso_session = corp\nsso_account_id = {ROLE_S}\nsso_role_name = {role}\n"
        );
    }
    let _ = write!(
        config,
        "[profile end]\nrole_arn = {ROLE}\nsource_profile = ops\n"
    );
    let desk = Desk::new(&config);
    desk.simulator.create_role(NewRole::new(ROLE));
    let hour = Duration::from_hours(1);
    desk.simulator
        .sign_in("the-token", hour, &[(ROLE_S, "Operator")]);
    // Nobody has signed in on this computer.
    let mut pty = desk.start("end");
    pty.wait_for("The credentials have expired.");
    pty.wait_for("`aws sso login --profile ops`");
    leaves(pty);

    let token = format!(
        "{{\"accessToken\": \"the-token\", \"expiresAt\": \"2099-01-01T00:00:00Z\", \"region\": \
         \"us-east-1\", \"startUrl\": \"{url}\"}}"
    );
    desk.served.write(&cached("corp"), &token);
    let mut pty = desk.start("ops");
    pty.wait_for("4444-5555-6666");
    pty.wait_for("Certificates  1 ");
    // Signed out elsewhere: the role's credentials end, and the token is not taken any more.
    desk.simulator.end_sessions();
    desk.simulator.sign_in("the-token", Duration::ZERO, &[]);
    pty.press("r");
    pty.wait_for("Profile ops: the credentials have expired");
    pty.press("r");
    pty.wait_for("`aws sso login");
    pty.press("e");
    pty.wait_for("Session token not found or invalid");
    pty.press("\x1b");
    desk.simulator
        .sign_in("the-token", hour, &[(ROLE_S, "Operator")]);
    pty.press("r");
    pty.wait_until("the banner to go", |pty| {
        !pty.text().contains("Profile ops:") && pty.text().contains("Certificates  1 ")
    });
    leaves(pty);

    let mut pty = desk.start("admin");
    pty.wait_for("The role is not assigned.");
    pty.wait_for("does not give the role Administrator");
    pty.wait_for("account 444455556666: No access");
    pty.wait_for("ForbiddenException");
    leaves(pty);
    nothing_secret_is_kept(&desk, &["the-token"]);
}

#[test]
fn a_region_that_is_off_a_wrong_clock_and_the_organization_are_told_apart() {
    let desk = Desk::new("[default]\nKEYS");
    desk.simulator.switch_off("af-south-1");
    let start = || {
        let mut command = desk.served.certferry(&["--profile", "default"]);
        command.env("AWS_REGION", "af-south-1");
        Pty::start(command, 80, 24)
    };
    let mut pty = start();
    pty.wait_for("The credentials are not good in this region.");
    pty.wait_for("takes the credentials in us-east-1");
    leaves(pty);

    desk.simulator.set_callers_ahead(3 * 3600);
    let mut pty = desk.start("default");
    pty.wait_for("This computer's clock is wrong.");
    pty.wait_for("180 minutes ahead");
    leaves(pty);
    desk.simulator.set_callers_ahead(-700);
    let mut pty = desk.start("default");
    pty.wait_for("11 minutes behind");
    leaves(pty);
}

#[test]
fn the_account_that_a_profile_led_to_is_known_the_next_time() {
    let desk = Desk::new("[default]\nKEYS[profile other]\nKEYS");
    let mut pty = desk.start("other");
    pty.wait_for("1111-2222-3333");
    leaves(pty);
    let mut pty = desk.start("default");
    pty.wait_for("1111-2222-3333");
    pty.press("S");
    pty.wait_for("Another region…");
    let text = pty.text();
    let row = |name: &str| {
        let mut rows = text.lines();
        let found = rows.find(|row| row.contains('│') && row.contains(&format!(" {name}  ")));
        found.unwrap_or_else(|| panic!("no {name} in:\n{text}"))
    };
    assert!(
        row("other").contains("1111-2222-3333 the last time"),
        "{text}"
    );
    assert!(row("default").contains("in use"), "{text}");
    pty.press("\x1b");
    leaves(pty);
}
