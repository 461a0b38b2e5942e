//! One scenario, played by the simulated ESP32 and by clients that had no part in it: `mosquitto_pub` and `mosquitto_sub`,
//! paho, rumqttc. What a witness hears and the broker logs of them is compared with one expected outcome; where the ESP32
//! differs, the scenario says how.
//!
//! | file | holds |
//! |---|---|
//! | `client` | who plays |
//! | `role` | what a client is told to be |
//! | `player` | a client that plays: what it is told to do, what it says |
//! | `device`, `mosquitto`, `paho`, `rumqttc` | each of them; `program` runs those that are processes |
//! | `stage` | the broker and its log |
//! | `witness` | the backend that looks on |
//! | `transcript` | the log, as both lines would write it; `log_lines` tests it |
//! | `outcome` | what a scenario came to, and what was expected |
//! | `unanswered` | a client that gets no answer any more |
//! | `publishing`, `receiving`, `sessions`, `late_answers`, `reconnects` | the scenarios |

mod client;
mod device;
mod late_answers;
mod log_lines;
mod mosquitto;
mod outcome;
mod paho;
mod player;
mod program;
mod publishing;
mod receiving;
mod reconnects;
mod role;
mod rumqttc;
mod sessions;
mod stage;
mod transcript;
mod unanswered;
mod witness;
