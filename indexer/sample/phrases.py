"""What people and bots say whatever the subject. All of it is made up; `%d` is a number that varies."""

FOLLOW_UPS = (
    "<p>Thank you. It is still the same for %d of us.</p>",
    "<p>I tried that. Now I see message %d instead.</p>",
    "<p>Sure: the number you asked for is %d.</p>",
    "<p>That works for the first one, but what about number %d?</p>",
    "<p>One more thing: does this change our %d other locations?</p>",
    "<p>Here is what I see on my side, screen %d.</p>",
)
AND_ANOTHER = (
    "<p>Sorry, I meant number %d.</p>",
    "<p>And it happened again just now, for the %d. time.</p>",
    "<p>I forgot to say: browser version %d.</p>",
)
THANKS = (
    "<p>Perfect, thank you! You saved me %d minutes.</p>",
    "<p>Great, number %d works now.</p>",
    "<p>Thanks, that was all. Ten out of ten, or rather %d.</p>",
)
QUESTIONS = (
    "<p>Thank you for writing. Could you tell me the number next to your name? It looks like %d.</p>",
    "<p>I would like to look into it. Which of the %d locations is it about?</p>",
    "<p>Could you send a picture of screen %d?</p>",
    "<p>Let me check that with a colleague, reference %d.</p>",
)
ADDITIONS = (
    "<p>And here is the article for it, number %d.</p>",
    "<p>I will keep an eye on it, case %d.</p>",
)
CALLS = (
    "<p>Call from the sample telephone line %d.</p>",
    "<p>Voice call, recording number %d.</p>",
)
CALL_SUMMARIES = ("<p>Summary of call %d: the customer asked, the teammate explained.</p>",)
NOTES = (
    "<p>Internal: the same as sample case %d.</p>",
    "<p>Internal: account %d looks healthy, no errors in the log.</p>",
    "<p>Internal: asked engineering, thread %d.</p>",
    "<p>Internal: customer called before, ticket %d.</p>",
)
HANDOVERS = (
    "<p>Passing this to my colleagues, who know more about it. Reference %d.</p>",
    "<p>Somebody from the right team takes over now, case %d.</p>",
)
CLOSINGS = (
    "<p>Good to hear. I close case %d; just write if anything is left.</p>",
    "<p>That is all done now, reference %d. Have a good day!</p>",
)
AFTER_SNOOZE = (
    "<p>Back to you as promised: engineering has finished item %d.</p>",
    "<p>Did the change of step %d help in the meantime?</p>",
)
REOPENINGS = (
    "<p>I am afraid it is back, %d times since this morning.</p>",
    "<p>Sorry, one more question, about number %d.</p>",
    "<p>Now the same happens in location %d.</p>",
)
AI_ANSWERS = (
    "<p>I am an AI agent. Article %d describes how to do that.</p>",
    "<p>I am an AI agent. Please open Settings, then page %d.</p>",
    "<p>I am an AI agent. The usual reason is setting %d; here is how to change it.</p>",
)
AI_ASK_FOR_PERSON = (
    "<p>I would like to talk to a person, please. Case %d.</p>",
    "<p>That did not help. Can somebody of your %d people look at it?</p>",
)
GREETINGS = ("<p>Thank you for your message. We are back in the morning. Ticket %d.</p>",)
REPLY_TIMES = ("<p>The team usually replies within %d minutes.</p>",)
ASK_WHICH = ("<p>What is it about? Choose one of %d.</p>",)
CHOICES = ("My account", "A payment", "Something else")
OUTBOUND_MAILS = (
    "<p>News from Tidewater: %d small improvements this month.</p>",
    "<p>Your trial ends in %d days. Shall we help you get started?</p>",
    "<p>You have not used waiting lists yet. They fill %d empty places a week.</p>",
)
TEAMMATE_MAILS = (
    "<p>I noticed %d failed imports in your account. May I help?</p>",
    "<p>Your contract %d is up for renewal. Do you have time for a call?</p>",
)
NUDGES = ("<p>Just making sure you saw this. It concerns %d of your bookings.</p>",)
BOT_INVITATIONS = ("<p>Hello from Tidewater's bot. Shall I show you page %d?</p>",)
BOT_ACCEPTED = ("<p>Yes, please. We have %d employees.</p>",)
OUTBOUND_ANSWERS = (
    "<p>Yes, please. We would like to try that for %d weeks.</p>",
    "<p>What would that cost for %d people?</p>",
)
GOOD_REMARKS = ("Quick and friendly.", "Solved at once.", "Lovely, as always.")
BAD_REMARKS = ("Took too long.", "Had to explain it twice.", "It still does not work.")
REDACTED = "<p><i>This message was deleted</i></p>"
