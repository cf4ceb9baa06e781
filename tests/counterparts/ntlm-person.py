"""Debian's python3-requests-ntlm asks once: URL, user, password, and the file of a private authority or ''. Prints status and body length."""
import sys

import requests
from requests_ntlm import HttpNtlmAuth

url, user, password, authority, binding = sys.argv[1:6]
session = requests.Session()
session.auth = HttpNtlmAuth(user, password, send_cbt=binding == "bound")
answer = session.post(url, data=sys.stdin.read().encode(), headers={"Content-Type": "text/xml; charset=utf-8"}, verify=authority or True, timeout=20)
print(answer.status_code, len(answer.content))
