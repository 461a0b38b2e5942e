//! The files of an ordinary user, who needs no root for a broker that reads his key.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};

use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::deployment::{AccessList, Deployment};
use rstest::rstest;

use crate::deployment_copy::DeploymentCopy;

#[rstest]
#[tokio::test]
async fn a_broker_serves_with_a_key_that_an_access_list_alone_lets_it_read(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let copy = DeploymentCopy::new().certificates(&["localhost"]);
    for name in ["certs/server.key", "certs/passwd"] {
        // An ordinary user's files are his own already.
        let _ = chown(copy.path(name), Some(1000), Some(1000));
        fs::set_permissions(copy.path(name), Permissions::from_mode(0o600)).unwrap();
        let file = File::open(copy.path(name)).unwrap();
        AccessList::readable_by(&[1883]).set(file).unwrap();
    }
    let deployment = Deployment::open(copy.root()).unwrap();
    let broker = Broker::deployment(&deployment).line(line).start().await.unwrap();
    assert!(broker.endpoint(Transport::Tls).is_ok());
}
