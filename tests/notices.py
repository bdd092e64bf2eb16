"""Notices of undelivered mail as the world's programs shape them, in our own words and names. Data for the tests."""

from __future__ import annotations

from dataclasses import dataclass

WHO = "bob@a.example"
OURS = "r1042.k7.abcdefghijklmnopq@shop.example"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: its subject, who sends it, what it says, and what must be read out of it."""

    subject: str
    sender: str
    text: str
    status: str | None
    action: str = "failed"
    address: str = WHO


def _daemon(text: str, status: str | None, subject: str = "Undelivered Mail Returned to Sender") -> Notice:
    return Notice(subject, "Mail Delivery System <MAILER-DAEMON@mx.example>", text, status)


NOTICES: dict[str, Notice] = {
    "postfix without its report": _daemon(
        "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n<bob@a.example>: host mx.a.example[192.0.2.7] said: 550 5.1.1\n"
        "    <bob@a.example>: Recipient address rejected: User unknown in local recipient table\n"
        "    (in reply to RCPT TO command)\n",
        "5.1.1",
    ),
    "postfix, old, no code": _daemon('<bob@a.example>: unknown user: "bob"\n\ncould not be delivered', "5.1.1"),
    "postfix, name service": _daemon(
        "could not be delivered to one or more destinations.\n\n<bob@a.example>: Host or domain name not found. Name\n"
        "    service error for name=a.example type=A: Host not found\n",
        "5.1.2",
    ),
    "postfix, refused at the sender": _daemon(
        "could not be delivered\n\n<bob@a.example>: host mx.a.example[192.0.2.7] said: 550 5.7.1 Mail from 192.0.2.3\n"
        "    refused by a blackhole site (in reply to MAIL FROM command)\n",
        "5.7.1",
    ),
    "xmail": _daemon(
        "[00] XMail bounce: Rcpt=[bob@a.example];Error=[550 5.1.1 Unknown user]\n\n"
        "[01] Error sending message [111] from [shop.example].\n",
        "5.1.1",
    ),
    "postfix, expanded": _daemon(
        "could not be delivered\n\n<robert@inside.example> (expanded from <bob@a.example>): mail forwarding loop for\n"
        "    robert@inside.example; loops back to myself\n",
        "5.4.6",
    ),
    "exim": Notice(
        "Mail delivery failed: returning message to sender",
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be\n"
        "delivered to one or more of its recipients. This is a permanent error.\nThe following address(es) failed:\n\n"
        "  bob@a.example\n    SMTP error from remote mail server after RCPT TO:<bob@a.example>:\n"
        "    host mx.a.example [192.0.2.7]: 550 No such user here\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <{OURS}>\n",
        "5.1.1",
    ),
    "exim, too late": Notice(
        "Warning: message 1qABCD-0001xy-9Z delayed 24 hours",
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been\n"
        "delivered to one or more of its recipients after more than 24 hours on the queue on mx.example.\n\n"
        "The address to which the message has not yet been delivered is:\n\n  bob@a.example\n"
        "    Delay reason: Connection timed out\n\n"
        "No action is required on your part. Delivery attempts will continue\n",
        "4.4.1",
        "delayed",
    ),
    "exim, generated": Notice(
        "Mail delivery failed: returning message to sender",
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "A message that you sent could not be delivered. The following address(es) failed:\n\n"
        "  robert@inside.example\n    (generated from bob@a.example)\n    mailbox is full\n",
        "5.2.2",
    ),
    "qmail": Notice(
        "failure notice",
        "MAILER-DAEMON@mx.example",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the\n"
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<bob@a.example>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <support@shop.example>\nMessage-ID: <{OURS}>\n",
        "5.1.1",
    ),
    "qmail, remote": Notice(
        "failure notice",
        "MAILER-DAEMON@mx.example",
        "I wasn't able to deliver your message\n\n<bob@a.example>:\n192.0.2.7 does not like recipient.\n"
        "Remote host said: 550 Requested action not taken: mailbox unavailable\nGiving up on 192.0.2.7.\n",
        "5.1.1",
    ),
    "sendmail": Notice(
        "Returned mail: see transcript for details",
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "The original message was received at Tue, 24 Nov 2026 09:00:00 +0100\nfrom shop.example [192.0.2.1]\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n<bob@a.example>\n"
        "    (reason: 552 5.2.2 Over quota)\n\n   ----- Transcript of session follows -----\n... while talking to\n"
        "mx.a.example.:\n>>> DATA\n<<< 552 5.2.2 Over quota\n554 5.0.0 Service unavailable\n",
        "5.2.2",
    ),
    "sendmail, warning": Notice(
        "Warning: could not send message for past 4 hours",
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n"
        "    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n"
        "   ----- The following addresses had transient non-fatal errors -----\n<bob@a.example>\n\n"
        "   ----- Transcript of session follows -----\n"
        "<bob@a.example>... Deferred: Connection refused by mx.a.example\n",
        "4.4.1",
        "delayed",
    ),
    "exchange 5.5": Notice(
        "Undeliverable: Re: Kettle",
        "System Administrator <postmaster@a.example>",
        "Your message\n\n  To:      Bob\n  Subject: Re: Kettle\n  Sent:    Tue, 24 Nov 2026 09:00:00 +0100\n\n"
        "did not reach the following recipient(s):\n\nBOB@A.EXAMPLE on Tue, 24 Nov 2026 09:00:05 +0100\n"
        "    The recipient name is not recognized\n"
        "        The MTS-ID of the original message is: c=us;a= ;p=a;l=MX0-1\n",
        "5.1.1",
        address="BOB@A.EXAMPLE",
    ),
    "exchange 2003": Notice(
        "Undeliverable: Re: Kettle",
        "System Administrator <postmaster@a.example>",
        "Your message did not reach some or all of the intended recipients.\n\n      Subject: Re: Kettle\n"
        "      Sent:    24.11.2026 09:00\n\nThe following recipient(s) could not be reached:\n\n"
        "      bob@a.example on 24.11.2026 09:00\n            The e-mail account does not exist at the organization\n"
        "            this message was sent to. Check the e-mail address.\n            <mx.a.example #5.1.1>\n",
        "5.1.1",
    ),
    "exchange 2016": Notice(
        "Undeliverable: Re: Kettle",
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@a.example>",
        "Delivery has failed to these recipients or groups:\n\nBob Miller (bob@a.example)<mailto:bob@a.example>\n"
        "The recipient's mailbox is full and can't accept messages now. Please try resending this message later.\n\n"
        "Diagnostic information for administrators:\n\nGenerating server: MX1.a.example\n\nbob@a.example\n"
        "Remote Server returned '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException'\n\n"
        f"Original message headers:\n\nReceived: from shop.example\nMessage-ID: <{OURS}>\n",
        "5.2.2",
    ),
    "microsoft 365": Notice(
        "Undeliverable: Re: Kettle",
        "postmaster@a.example",
        "mx.a.example rejected your message to the following email addresses:\n\nbob@a.example (bob@a.example)\n"
        "The address you sent your message to wasn't found at the destination domain.\n\n"
        "mx.a.example gave this error:\n"
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n",
        "5.1.10",
    ),
    "gmail": Notice(
        "Delivery Status Notification (Failure)",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "\n** Address not found **\n\nYour message wasn't delivered to bob@a.example because the address couldn't be\n"
        "found, or is unable to receive mail.\n\nThe response was:\n"
        "550 5.1.1 The email account that you tried to reach\n"
        "does not exist. Learn more at https://support.mail.example/?p=NoSuchUser\n",
        "5.1.1",
    ),
    "gmail, no domain": Notice(
        "Delivery Status Notification (Failure)",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "\n** Address not found **\n\nYour message wasn't delivered to bob@a.example because the domain a.example\n"
        "couldn't be found. Check for typos or unnecessary spaces and try again.\n",
        "5.1.2",
    ),
    "gmail, retries": Notice(
        "Delivery Status Notification (Delay)",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "\n** Delivery incomplete **\n\nThere was a temporary problem delivering your message to bob@a.example. We\n"
        "will retry for 46 more hours. You'll be notified if the delivery fails permanently.\n\nThe response was:\n"
        "The recipient server did not accept our requests to connect.\n",
        "4.4.1",
        "delayed",
    ),
    "gmail, blocked": Notice(
        "Delivery Status Notification (Failure)",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "\n** Message blocked **\n\nYour message to bob@a.example has been blocked. See technical details below.\n\n"
        "The response was:\nMessage rejected. See https://support.mail.example for more information.\n",
        "5.7.1",
    ),
    "domino": Notice(
        "DELIVERY FAILURE: User bob (bob@a.example) not listed in Domino Directory",
        "Mail Router <postmaster@a.example>",
        "Your message\n\n  Subject: Re: Kettle\n\nwas not delivered to:\n\n  bob@a.example\n\nbecause:\n\n"
        "  User bob (bob@a.example) not listed in Domino Directory\n",
        "5.1.1",
    ),
    "groupwise": Notice(
        "Mail System Error - Returned Mail",
        "Postmaster <postmaster@a.example>",
        "The attached file had the following undeliverable recipient(s):\n  bob@a.example\n      The user's mailbox is"
        " full\n",
        "5.2.2",
    ),
    "mdaemon": Notice(
        "MDaemon Warning - Delivery failed",
        "MDaemon at mx.example <MDaemon@mx.example>",
        "The following addresses were not delivered to:\n\nbob@a.example\n\nReason: 553 sorry, that domain isn't in my"
        " list of allowed rcpthosts; no relaying\n",
        "5.7.1",
    ),
    "smtp32": Notice(
        "Undeliverable Mail",
        "Postmaster <postmaster@mx.example>",
        "User mailbox exceeds allowed size: bob@a.example\n\nOriginal message follows.\n",
        "5.2.2",
    ),
    "messagelabs": Notice(
        "Mail Delivery Failure",
        "Mail Delivery System <MAILER-DAEMON@scanner.example>",
        "This is the mail delivery agent at scanner.example.\nI was unable to deliver your message to the following"
        " addresses.\n\nbob@a.example\n\nReason: 550 bob@a.example... No such user\n\n"
        "The message subject was: Kettle\n",
        "5.1.1",
    ),
    "mimecast": Notice(
        "[Postmaster] Email Delivery Failure",
        "postmaster@gateway.example",
        "Your message could not be delivered.\n\nThe attempt to deliver the message to bob@a.example failed.\n"
        "Remote server said: 554 Email rejected due to security policies\n",
        "5.7.1",
    ),
    "courier": Notice(
        "NOTICE: mail delivery status.",
        '"Courier mail server at mx.example" <postmaster@mx.example>',
        "This is a delivery status notification from mx.example.\n\nUNDELIVERABLE MAIL\n\nYour message to the following"
        " recipients cannot be delivered:\n\n<bob@a.example>:\n    mx.a.example [192.0.2.7]:\n"
        ">>> RCPT TO:<bob@a.example>\n<<< 550 Unknown recipient.\n",
        "5.1.1",
    ),
    "opensmtpd": Notice(
        "Delivery status notification: error",
        "Mailer Daemon <MAILER-DAEMON@mx.example>",
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
        "    An error has occurred while"
        " attempting to deliver a message for\n    the following list of recipients:\n\n"
        "bob@a.example: 550 5.2.1 account disabled\n",
        "5.2.1",
    ),
    "dragonfly": Notice(
        "Mail delivery failed",
        "<MAILER-DAEMON@mx.example>",
        "This is the DragonFly Mail Agent at mx.example.\n\nThere was an error delivering your mail to"
        " <bob@a.example>.\n\nmx.a.example [192.0.2.7] did not like our RCPT TO:\n450 4.2.0 try again later\n",
        "4.2.0",
    ),
    "james": Notice(
        "[BOUNCE]Re: Kettle",
        "postmaster@mx.example",
        "Hi. This is the James mail server at mx.example.\nI'm afraid I wasn't able to deliver your message to the"
        " following addresses.\nThis is a permanent error; I've given up.\n\nFailed recipient(s):\nbob@a.example\n\n"
        "Error message:\n550 Mailbox disabled\n",
        "5.2.1",
    ),
    "interscan": Notice(
        "Mail could not be delivered",
        "InterScan MSS <postmaster@gateway.example>",
        "Sent <<< RCPT TO:<bob@a.example>\nReceived >>> 550 unknown user\n\nUnable to deliver message to"
        " <bob@a.example>.\n",
        "5.1.1",
    ),
    "mcafee": Notice(
        "Delivery Status",
        "WebShield <postmaster@gateway.example>",
        "   --- The following addresses had delivery problems ---\n\n<bob@a.example>   (User unknown bob@a.example)\n",
        "5.1.1",
    ),
    "mailmarshal": Notice(
        "Undeliverable Mail: Re: Kettle",
        "postmaster@gateway.example",
        "Your message:\n   From:    support@shop.example\n   Subject: Re: Kettle\n\n"
        "Could not be delivered because of\n\n"
        "550 5.7.1 Message refused\n\nThe following recipients were affected:\n    bob@a.example\n",
        "5.7.1",
    ),
    "unknown destinations": Notice(
        "Delivery Failure",
        "Mail Delivery System <postmaster@mx.example>",
        "The following destination addresses were unknown (please check\nthe addresses and re-mail the message):\n\n"
        "      * bob@a.example\n",
        None,
    ),
    "zoho": Notice(
        "Undelivered Mail Returned to Sender",
        "mailer-daemon@mail.zoho.example",
        "This message was created automatically by mail delivery software.\n A message that you sent could not be"
        " delivered to one or more of its recipients. This is a permanent error.\n\nbob@a.example Invalid Address,"
        " ERROR_CODE :550, ERROR_CODE : 5.1.1 User unknown\n",
        "5.1.1",
    ),
    "ses": Notice(
        "Delivery Status Notification (Failure)",
        "MAILER-DAEMON@email-bounces.ses.example",
        "An error occurred while trying to deliver the mail to the following recipients:\nbob@a.example\n",
        None,
    ),
    "t-online": Notice(
        "Undelivered Mail Returned to Sender",
        "Mail Delivery System <MAILER-DAEMON@mail.t.example>",
        "|------------------------- Message log follows: -------------------------|\n no valid recipients were found"
        " for this message\n|------------------------- Failed addresses follow: ---------------------|\n"
        " <bob@a.example> ... unknown user\n",
        "5.1.1",
    ),
    "kddi": Notice(
        "Mail Delivery Failed",
        "no-reply@mobile.example",
        "Your mail sent on: Tue, 24 Nov 2026 09:00:00\n\n      Could not be delivered to: <bob@a.example>\n"
        "      As their mailbox is full.\n",
        "5.2.2",
    ),
    "ezweb": Notice(
        "Mail System Error - Returned Mail",
        "<Postmaster@mobile.example>",
        "The user(s) account is disabled.\n\n<bob@a.example>: 550 user unknown (in reply to RCPT TO command)\n",
        "5.1.1",
    ),
    "biglobe": Notice(
        "Returned mail: Local mail delivery failed",
        "Mail Delivery Subsystem <postmaster@isp.example>",
        "   ----- The following addresses had delivery problems -----\nbob@a.example\n\n"
        "   ----- Non-delivered information -----\nThe number of messages in recipient's mailbox exceeded the limit.\n",
        None,
    ),
    "mail.ru": Notice(
        "Mail failure.",
        "mailer-daemon@corp.mail.example",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be\n"
        "delivered to one or more of its recipients. This is a permanent\nerror. The following address(es) failed:\n\n"
        "  bob@a.example\n    SMTP error from remote mail server after end of data:\n"
        "    host mx.a.example [192.0.2.7]:\n"
        "    550 spam message rejected. Please visit https://help.mail.example\n\n**********************\n",
        "5.7.1",
    ),
    "yandex": Notice(
        "Недоставленное сообщение",
        "MAILER-DAEMON <mailer-daemon@yandex.example>",
        "Это письмо отправлено почтовым сервером yandex.example.\n\nК сожалению, мы вынуждены сообщить Вам о том, что"
        " Ваше письмо не может быть доставлено одному или нескольким адресатам.\n\n<bob@a.example>: host"
        " mx.a.example[192.0.2.7] said: 550 5.7.1 Policy rejection\n",
        "5.7.1",
    ),
    "qq": Notice(
        "系统退信",
        "PostMaster <PostMaster@qq.example>",
        "抱歉，您的邮件被退回来了……\n原邮件信息：\n时间 2026-11-24 09:00:00\n主题 Re: Kettle\n收件人 bob@a.example\n"
        "\n退信原因：\n"
        "收件人邮箱不存在。\nhost mx.a.example said: 550 Mailbox not found\n",
        "5.1.1",
    ),
    "163": Notice(
        "系统退信/Systems bounce",
        "Postmaster@163.example",
        "您好：\n很抱歉，您的邮件未能成功发送至 bob@a.example ，邮件被退回。\n退信代码：\n"
        "SMTP error, RCPT TO: 550 MI:SPB\n"
        "退信原因：对方邮箱空间已满\n",
        "5.2.2",
    ),
    "naver": Notice(
        "메일 전송 실패 안내",
        "postmaster <postmaster@naver.example>",
        "보내신 메일이 전송되지 못했습니다.\n\n받는 사람: bob@a.example\n사유: 존재하지 않는 메일 계정입니다.\n",
        "5.1.1",
    ),
    "docomo": Notice(
        "メール配信エラー",
        "Mail Delivery Subsystem <MAILER-DAEMON@docomo.example>",
        "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n<bob@a.example>\n\n"
        "受信者のメールボックスがいっぱいです。\n",
        "5.2.2",
    ),
    "gmx": Notice(
        "Mail delivery failed: returning message to sender",
        "GMX Mailer Daemon <mailer-daemon@gmx.example>",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be\n"
        'delivered to one or more of its recipients. The following addresses\nfailed:\n\n"bob@a.example":\n'
        "SMTP error from remote server after RCPT command:\nhost: mx.a.example\n5.1.1 <bob@a.example>... User is"
        " unknown {mx-us011}\n",
        "5.1.1",
    ),
    "kerio": Notice(
        "Undeliverable: Re: Kettle",
        "Mail Delivery Subsystem <mailer-daemon@mx.example>",
        'Your message with subject "Re: Kettle" could not be delivered to the following recipient:\n\nbob@a.example\n\n'
        "554 Greylisted, please try again later\n",
        "5.0.0",
    ),
    "communigate": Notice(
        "Undeliverable mail: Re: Kettle",
        "MAILER-DAEMON@mx.example",
        "Failed to deliver to 'bob@a.example'\nSMTP module(domain a.example) reports:\n host mx.a.example says:\n"
        " 550 5.1.1 unknown user\n",
        "5.1.1",
    ),
    "yahoo": Notice(
        "Failure Notice",
        "MAILER-DAEMON@yahoo.example",
        "Sorry, we were unable to deliver your message to the following address.\n\n<bob@a.example>:\n"
        "554: 30: Sorry, your"
        " message to bob@a.example cannot be delivered. This mailbox is disabled (554.30).\n",
        "5.2.1",
    ),
}
