"""Words of the trade: job titles, e-mail providers, plans, features, campaigns."""

JOB_TITLES = [
    "Managing Director",
    "Chief Executive Officer",
    "CFO",
    "Head of Procurement",
    "Purchasing Manager",
    "IT Manager",
    "Head of IT",
    "Operations Manager",
    "Marketing Manager",
    "Head of Marketing",
    "Sales Director",
    "Accountant",
    "Finance Manager",
    "Office Manager",
    "Project Manager",
    "Data Analyst",
    "Software Engineer",
    "Customer Success Lead",
    "Logistics Coordinator",
    "Plant Manager",
    "HR Manager",
    "Product Manager",
    "Assistant to the Board",
    "Buyer",
]
FREE_MAIL = {
    "de": ["gmail.com", "gmx.de", "web.de", "t-online.de", "outlook.com"],
    "en": ["gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com"],
    "fr": ["gmail.com", "orange.fr", "laposte.net", "hotmail.fr"],
    "es": ["gmail.com", "hotmail.es", "yahoo.es"],
    "it": ["gmail.com", "libero.it", "virgilio.it"],
    "nl": ["gmail.com", "ziggo.nl", "kpnmail.nl", "outlook.com"],
    "sv": ["gmail.com", "hotmail.com", "telia.com"],
    "pl": ["gmail.com", "wp.pl", "onet.pl", "o2.pl"],
}
LOCALES = {
    "de": "de-DE",
    "en": "en-GB",
    "fr": "fr-FR",
    "es": "es-ES",
    "it": "it-IT",
    "nl": "nl-NL",
    "sv": "sv-SE",
    "pl": "pl-PL",
}
ROLE_MAILBOXES = ["info", "office", "contact", "sales", "hello"]
BILLING_MAILBOXES = ["billing", "invoices", "accounts", "ap", "finance"]
OWNERS = [
    "Alva Bergqvist",
    "Ben Okoye",
    "Carla Ruiz",
    "Dmitri Hale",
    "Edith Kranz",
    "Femi Adler",
    "Greta Lindholm",
    "Hugo Marchetti",
    "Iris Nakamura",
    "Jonas Petersen",
    "Kim Vandenberg",
    "Lea Fontaine",
]
BRANDS = ["Lumenade", "Lumenade Pro", "Fernhold"]
PLANS = [
    ("price_starter", "Starter", 2900, "month"),
    ("price_team", "Team", 9900, "month"),
    ("price_business", "Business", 49900, "month"),
    ("price_enterprise", "Enterprise", 1200000, "year"),
]
FEATURES = ["dashboards", "exports", "api", "alerts", "sso", "automation", "mobile", "audit_log"]
EVENTS = [
    "login",
    "view_dashboard",
    "export_report",
    "create_project",
    "invite_user",
    "api_call",
    "edit_alert",
]
SUBJECTS = [
    "Cannot log in",
    "Invoice question",
    "Export fails",
    "Feature request",
    "Slow dashboard",
    "Change of address",
    "Wrong amount charged",
    "How do I add a user?",
    "Delivery is late",
    "Return of an order",
]
TIME_ZONES = ["Berlin", "London", "Paris", "Madrid", "Eastern Time (US & Canada)", "Stockholm", "Sydney"]
