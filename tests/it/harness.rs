use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::client::{QoS, Transport};
use mosquitto_fixtures::deployment::Deployment;
use std::time::Instant;

#[tokio::test]
async fn quick() {
    for line in Line::ALL {
        let t = Instant::now();
        let broker = Broker::builder()
            .plain()
            .tls()
            .websocket()
            .websocket_tls()
            .user("backend", "secret")
            .line(line)
            .start()
            .await
            .unwrap();
        println!("started {:?} {} {}", t.elapsed(), broker.image(), broker.version());
        for tr in Transport::ALL {
            let t = Instant::now();
            let v = broker.attempt_as_user(tr).unwrap().run().await;
            println!("{tr}: {v:?} {:?}", t.elapsed());
            let v = broker.attempt(tr).unwrap().login("backend", "wrong").run().await;
            println!("{tr}: {v:?} {:?}", t.elapsed());
            let mut c = broker.attempt_as_user(tr).unwrap().connect().await.unwrap();
            c.subscribe("a/#", QoS::ExactlyOnce).await.unwrap();
            c.publish("a/b", "x", QoS::ExactlyOnce).await.unwrap();
            println!("{:?} {:?}", c.receive().await, t.elapsed());
        }
        println!("{:?}", broker.listening().await);
        println!("{:#?}", broker.log());
        println!("{:#?}", broker.environment(true));
        let t = Instant::now();
        drop(broker);
        println!("dropped {:?}", t.elapsed());
        let d = Deployment::open(".").unwrap();
        let t = Instant::now();
        let b = Broker::deployment(&d).throwaway_certificates().user("backend", "x").line(line).start().await;
        println!("{:?}", t.elapsed());
        let b = match b {
            Ok(b) => b,
            Err(e) => {
                println!("{e}");
                continue;
            }
        };
        println!("{:#?}", b.log());
    }
}
