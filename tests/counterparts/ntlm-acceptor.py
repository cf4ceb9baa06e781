"""An HTTP server that lets in whoever proves a password by NTLM, judged by MIT's GSSAPI with gss-ntlmssp.

Arguments: port, then certificate and key in PEM for TLS. NTLM_USER_FILE names the file of users.
Says, per request: how many requests this connection has had, and who asks.
"""
import base64
import hashlib
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gssapi
import gssapi.raw

MECHANISM = gssapi.OID.from_int_seq('1.3.6.1.4.1.311.2.2.10')
port = int(sys.argv[1])
certificate = sys.argv[2] if len(sys.argv) > 2 else None


def bindings():
    if certificate is None:
        return None
    with open(certificate, encoding='ascii') as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    return gssapi.raw.ChannelBindings(application_data=b'tls-server-end-point:' + hashlib.sha256(der).digest())


class Door(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def setup(self):
        super().setup()
        self.context = None
        self.requests = 0

    def do_POST(self):
        self.requests += 1
        body = self.rfile.read(int(self.headers.get('content-length', 0)))
        if self.context is not None and self.context.complete:
            return self.reply(200, body)
        words = self.headers.get('authorization', '').split(' ', 1)
        if words[0] != 'NTLM':
            self.context = None
            return self.reply(401, b'', 'NTLM')
        if self.context is None:
            self.context = gssapi.SecurityContext(
                creds=gssapi.Credentials(usage='accept', mechs=[MECHANISM]),
                usage='accept',
                channel_bindings=bindings(),
            )
        try:
            out = self.context.step(base64.b64decode(words[1]))
        except gssapi.exceptions.GSSError as error:
            self.context = None
            sys.stderr.write(f'{error}\n')
            return self.reply(401, b'', 'NTLM')
        if self.context.complete:
            return self.reply(200, body)
        return self.reply(401, b'', 'NTLM ' + base64.b64encode(out).decode())

    def reply(self, status, body, wanted=None):
        self.send_response(status)
        self.send_header('content-length', str(len(body)))
        self.send_header('x-requests', str(self.requests))
        if status == 200:
            self.send_header('x-who', str(self.context.initiator_name).rstrip('\0'))
        if wanted:
            self.send_header('www-authenticate', wanted)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(('127.0.0.1', port), Door)
server.daemon_threads = True
if certificate is not None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, sys.argv[3])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
