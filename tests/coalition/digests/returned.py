"""Messages as mail servers send them back; every address in them is invented."""

TOKEN = "0123456789abcdef" * 2
BACK = f"summary+{TOKEN}@letters.example"


def message(*head: str, body: str = "", to: str = f"To: <{BACK}>") -> bytes:
    return "\r\n".join([*head, *([to] if to else []), "", body]).encode()


def report(status: str, *, diagnosis: str = "", action: str = "failed", to: str = f"To: <{BACK}>") -> bytes:
    """A delivery status notification as Postfix writes it, with the letter that came back."""
    fields = [f"Action: {action}", *([f"Status: {status}"] if status else [])]
    fields += [f"Diagnostic-Code: smtp; {diagnosis}"] if diagnosis else []
    return message(
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"',
        to=to,
        body="\r\n".join(
            [
                "--edge\r\nContent-Type: text/plain\r\n\r\nI am sorry. 550 5.1.1 is quoted here.",
                "--edge\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n",
                "Final-Recipient: rfc822; anna.reader@example.org",
                *fields,
                "",
                "--edge\r\nContent-Type: message/rfc822\r\n\r\nFrom: summary@letters.example",
                "To: anna.reader@example.org\r\nSubject: Your weekly summary\r\n\r\nwords\r\n--edge--\r\n",
            ]
        ),
    )


def complaint(*, to: str = "To: <abuse@letters.example>", mail_from: str = f"Original-Mail-From: <{BACK}>") -> bytes:
    """A complaint in the Abuse Reporting Format, sent to the address that was registered for them."""
    return message(
        "From: <feedback@provider.example>",
        "Subject: FW: Your weekly summary",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="edge"',
        to=to,
        body="\r\n".join(
            [
                "--edge\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.",
                "--edge\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1",
                *([mail_from] if mail_from else []),
                "\r\n--edge\r\nContent-Type: message/rfc822\r\n",
                f"Return-Path: <{BACK}>\r\nFrom: summary@letters.example\r\n\r\nwords\r\n--edge--\r\n",
            ]
        ),
    )


DAEMON = ("Return-Path: <>", "From: Mail Delivery System <MAILER-DAEMON@mx.example>")
QMAIL = message(*DAEMON, "Subject: failure notice", body="Hi. This is the qmail-send program at mx.example.")
EXIM = message(
    "From: Mail Delivery System <Mailer-Daemon@mx.example>",
    "X-Failed-Recipients: anna.reader@example.org",
    "Auto-Submitted: auto-replied",
    "Subject: Mail delivery failed: returning message to sender",
)
GATEWAY = message("From: <noreply@gateway.example>", "Subject: Undeliverable: Your weekly summary")
LATE = message(*DAEMON, "Subject: Warning: message 1abc delayed 24 hours")
AWAY = message(
    "Return-Path: <>",
    "From: Anna <anna.reader@example.org>",
    "Auto-Submitted: auto-replied (vacation)",
    "Subject: Undeliverable until Monday: I am away",
)
CHALLENGE = message("From: <guard@example.org>", "Subject: Please confirm that you are a person")
REPLY = message("From: Anna <anna.reader@example.org>", "Subject: Re: Your weekly summary", body="Thank you!")
