//! Messages to a syslog collector.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::{Kind, Outbound};
use crate::config::SyslogAddress;

/// Time to get a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// What was sent and is not acknowledged for this long, in milliseconds, is lost.
const UNACKNOWLEDGED: u32 = 5_000;
/// A collector that keeps the connection open for longer has all of it: losing it would have shown by then.
const CLOSE: Duration = Duration::from_secs(7);

/// Sends messages to the collector that the operator named.
#[derive(Clone)]
pub struct Syslog {
    address: SyslogAddress,
    outbound: Outbound,
}

impl Syslog {
    /// To this collector.
    pub fn new(address: SyslogAddress, outbound: Outbound) -> Self {
        Self { address, outbound }
    }

    /// Sends messages in their order, all or an error. Over TCP and TLS, `Ok` means that the collector's machine has
    /// them; a datagram may get lost all the same.
    pub fn send(&self, messages: &[Vec<u8>]) -> Result<(), String> {
        let sent = match &self.address {
            SyslogAddress::Udp(host, port) => datagrams(host, *port, messages),
            SyslogAddress::Tcp(host, port) => connect(host, *port).and_then(|stream| stream_plain(stream, messages)),
            SyslogAddress::Tls(host, port) => connect(host, *port).and_then(|tcp| self.stream_tls(tcp, host, messages)),
            SyslogAddress::Unix(path) => local(path, messages),
        };
        let sent = sent.map_err(|e| e.to_string());
        if let SyslogAddress::Udp(host, port) | SyslogAddress::Tcp(host, port) | SyslogAddress::Tls(host, port) =
            &self.address
        {
            self.outbound.note(Kind::SYSLOG, host, *port, 1, sent.as_ref().err().cloned());
        }
        sent
    }

    fn stream_tls(&self, tcp: TcpStream, host: &str, messages: &[Vec<u8>]) -> std::io::Result<()> {
        let name = ServerName::try_from(host.to_owned()).map_err(std::io::Error::other)?;
        let session = ClientConnection::new(self.outbound.tls(), name).map_err(std::io::Error::other)?;
        let mut stream = StreamOwned::new(session, tcp);
        stream.write_all(&framed(messages))?;
        stream.flush()?;
        stream.conn.send_close_notify();
        while stream.conn.wants_write() {
            stream.conn.write_tls(&mut stream.sock)?;
        }
        stream.sock.shutdown(Shutdown::Write)?;
        until_closed(&mut stream)
    }
}

/// Octet counting, as RFC 6587 and RFC 5425 have it: a message may hold any byte.
fn framed(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(messages.iter().map(|message| message.len() + 8).sum());
    for message in messages {
        bytes.extend_from_slice(message.len().to_string().as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(message);
    }
    bytes
}

fn connect(host: &str, port: u16) -> std::io::Result<TcpStream> {
    let mut failure = std::io::Error::new(ErrorKind::NotFound, format!("the name {host} has no address"));
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                rustix::net::sockopt::set_tcp_user_timeout(&stream, UNACKNOWLEDGED)?;
                stream.set_write_timeout(Some(CLOSE))?;
                stream.set_read_timeout(Some(CLOSE))?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn stream_plain(mut stream: TcpStream, messages: &[Vec<u8>]) -> std::io::Result<()> {
    stream.write_all(&framed(messages))?;
    stream.shutdown(Shutdown::Write)?;
    until_closed(&mut stream)
}

/// A write only fills the system's buffer. That the other side closes after our end, or holds the connection while
/// nothing is missing, tells that it was received.
fn until_closed(stream: &mut impl Read) -> std::io::Result<()> {
    let mut ignored = [0_u8; 512];
    loop {
        match stream.read(&mut ignored) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::UnexpectedEof) => return Ok(()),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

fn datagrams(host: &str, port: u16, messages: &[Vec<u8>]) -> std::io::Result<()> {
    let addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
    let is_v4 = addresses.first().is_none_or(std::net::SocketAddr::is_ipv4);
    let socket = UdpSocket::bind(if is_v4 { "0.0.0.0:0" } else { "[::]:0" })?;
    socket.connect(addresses.as_slice())?;
    messages.iter().try_for_each(|message| socket.send(message).map(drop))
}

/// The socket of the machine's own collector: datagrams where it takes them, as `/dev/log` does, else a stream.
fn local(path: &Path, messages: &[Vec<u8>]) -> std::io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    socket.set_write_timeout(Some(CLOSE))?;
    match socket.connect(path) {
        Ok(()) => messages.iter().try_for_each(|message| socket.send(message).map(drop)),
        Err(_) => {
            let mut stream = UnixStream::connect(path)?;
            stream.set_write_timeout(Some(CLOSE))?;
            stream.set_read_timeout(Some(CLOSE))?;
            stream.write_all(&framed(messages))?;
            stream.shutdown(Shutdown::Write)?;
            until_closed(&mut stream)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::clock::Clock;
    use crate::config::OutboundConfig;

    fn to(address: SyslogAddress) -> Syslog {
        crate::outbound::install_tls();
        Syslog::new(address, Outbound::new(&OutboundConfig::default(), Clock::system()).unwrap())
    }

    #[test]
    fn over_tcp_each_message_says_its_length() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = std::thread::spawn(move || {
            let mut text = String::new();
            listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
            text
        });
        to(SyslogAddress::Tcp("127.0.0.1".into(), port)).send(&[b"one".to_vec(), b"two\nlines".to_vec()]).unwrap();
        assert_eq!(heard.join().unwrap(), "3 one9 two\nlines");
    }

    #[test]
    fn nobody_there_is_an_error() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert!(to(SyslogAddress::Tcp("127.0.0.1".into(), port)).send(&[b"one".to_vec()]).is_err());
        assert!(to(SyslogAddress::Unix("/none/log".into())).send(&[b"one".to_vec()]).is_err());
    }

    #[test]
    fn datagrams_hold_one_message_each() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (unix, udp) = (UnixDatagram::bind(&path).unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let messages = [b"one".to_vec(), b"two".to_vec()];
        to(SyslogAddress::Unix(path)).send(&messages).unwrap();
        to(SyslogAddress::Udp("127.0.0.1".into(), udp.local_addr().unwrap().port())).send(&messages).unwrap();
        let mut bytes = [0_u8; 64];
        for message in &messages {
            let read = unix.recv(&mut bytes).unwrap();
            assert_eq!(&bytes[..read], message);
            let read = udp.recv(&mut bytes).unwrap();
            assert_eq!(&bytes[..read], message);
        }
    }
}
