# A mail server by other hands than our client's: python3-aiosmtpd, with STARTTLS (or TLS from the first byte) and a password.
# argv: folder for letters, certificate, key, "starttls" | "wrapped" | "plain". Lives until its input ends.
import base64, json, os, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

folder, certificate, key, mode = sys.argv[1:5]


class Deliver:
    def __init__(self):
        self.count = 0

    # The test writes what shall happen to the next letters, one word each; without a word a letter is taken.
    def next_word(self, stage):
        path = os.path.join(folder, "script.json")
        try:
            with open(path) as file:
                words = json.load(file)
        except FileNotFoundError:
            return "take"
        if not words or (stage == "rcpt") != words[0].startswith("rcpt-"):
            return "take"
        with open(path + ".new", "w") as file:
            json.dump(words[1:], file)
        os.replace(path + ".new", path)
        return words[0]

    async def handle_RCPT(self, server, session, envelope, address, options):
        word = self.next_word("rcpt")
        if word != "take":
            return word.removeprefix("rcpt-") + " no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        word = self.next_word("data")
        if word in ("take", "drop"):
            self.count += 1
            letter = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None, "user": session.authenticated, "source": base64.b64encode(envelope.content).decode()}
            path = os.path.join(folder, "%06d.json" % self.count)
            with open(path + ".new", "w") as file:
                json.dump(letter, file)
            os.replace(path + ".new", path)
        if word == "drop":
            # The letter stands in the mailbox and the sender never hears of it.
            server.transport.abort()
            return "250 never said"
        return "250 OK" if word == "take" else word + " no"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"alice@example.test", b"secret")
    return AuthResult(success=known, handled=False)


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
how = {"starttls": {"tls_context": tls, "require_starttls": True}, "wrapped": {"ssl_context": tls}, "plain": {}}[mode]
if mode != "plain":
    # aiosmtpd counts only STARTTLS as encryption.
    how |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": mode == "starttls"}
controller = Controller(Deliver(), hostname="127.0.0.1", port=int(os.environ["SMTP_PORT"]), **how)
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
