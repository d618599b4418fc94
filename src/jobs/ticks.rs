//! Ticks for the leader, by the scheduler of the house.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::Jobs;

/// How often the leader is woken. Its own patience ([`super::Pace::tick`]) is longer: it counts only while the
/// scheduler, which goes by the machine's clock, stands still because that was set back.
const TICK: Duration = Duration::from_secs(1);

/// Wakes the leader each second until this is dropped.
pub struct Ticks {
    _stop: oneshot::Sender<()>,
}

impl Ticks {
    /// Starts; must be called inside an actix system.
    pub fn start(jobs: Jobs) -> Self {
        let (stop, stopped) = oneshot::channel();
        actix_web::rt::spawn(async move {
            if let Err(error) = tick(jobs, stopped).await {
                tracing::warn!(%error, "the scheduler gives no ticks; the leader looks by itself");
            }
        });
        Self { _stop: stop }
    }
}

async fn tick(jobs: Jobs, stopped: oneshot::Receiver<()>) -> Result<(), JobSchedulerError> {
    let mut scheduler = JobScheduler::new().await?;
    let wake = Job::new_repeated(TICK, move |_, _| jobs.wake())?;
    // It logs how it was set up, which tells an operator nothing.
    scheduler.add(wake).with_subscriber(NoSubscriber::default()).await?;
    scheduler.start().await?;
    // Both a message and a sender that is gone mean the end.
    drop(stopped.await);
    scheduler.shutdown().await
}
