"""The names that the sample is made of: people, their addresses, and what conversations are about."""

from __future__ import annotations

import unicodedata

FIRST_NAMES = (  # noqa: SIM905 - a list would take a line per name
    "Aaliyah Abebe Adaeze Aiko Aleksander Amara Amélie Ana Anders Andrei Anika Antonella Arjun Astrid Ayşe "
    "Beatriz Björn Camille Carlos Chiara Chinedu Daniel Daria Diego Dmitri Elena Elif Emeka Emil Emma Esra "
    "Fatima Felix Fernanda Filip Freya Gabriel Giulia Grace Hana Hassan Helena Hugo Ifeoma Ingrid Isabel "
    "Ivan Jakub Jana João Johanna Jonas José Júlia Kaito Karim Katarzyna Kwame Lars Laura Layla Leila Liam "
    "Linh Lucía Łukasz Maeve Magdalena Malik Marek Maria Mateo Mehmet Mei Milan Mohammed Nadia Ngozi Niamh "
    "Nikolai Noor Olga Oliver Omar Paula Pedro Petra Priya Rania Ravi Rosa Ryō Sakura Samira Sanjay Sofia "
    "Søren Tariq Tereza Thabo Tomás Valentina Viktor Wei Yara Yuki Yusuf Zoë Zuzana"
).split()
LAST_NAMES = (  # noqa: SIM905 - a list would take a line per name
    "Abdullah Achterberg Adeyemi Almeida Andersson Bakker Barbosa Bauer Becker Bianchi Bondarenko Castillo "
    "Chen Costa Demir Diallo Dlamini Dubois Eriksen Eze Farouk Fernandes Fischer Fontaine Fuentes Garcia "
    "Ghosh Girard Gruber Gupta Haddad Hansen Haugen Herrera Hoffmann Horvat Huang Ivanova Iyer Jansen "
    "Janssens Jensen Kamara Kaya Keller Khalil Kim Kimura Kovács Kowalska Kumar Laurent Leclerc Lehtinen "
    "Lindqvist López Maalouf Mandal Marino Martins Mbeki Meyer Moreau Müller Murphy Nakamura Ndiaye "
    "Németh Nguyễn Nielsen Novák Nowak Nwosu O'Connor Okafor Okonkwo Olsen Osei Papadopoulos Park Patel "
    "Pereira Petrov Popescu Quispe Rahman Ramos Reyes Ricci Rossi Sahin Salazar Sato Schneider Sharma "
    "Silva Singh Smith Suzuki Svensson Tanaka Tran Usman Verhoeven Virtanen Vogel Walsh Wang Weber Yamamoto "
    "Öztürk Zhang Zimmermann"
).split()
OTHER_SCRIPTS = (
    ("田中 恵", "megumi.tanaka"),
    ("Олена Шевченко", "olena.shevchenko"),
    ("محمد الأمين", "mohamed.alamin"),
    ("김지우", "jiwoo.kim"),
    ("Ελένη Παππά", "eleni.pappa"),
)
TOPICS = (
    "Quarterly report draft",
    "Supplier contract",
    "Query for late orders",
    "Translation of the manual",
    "Minutes of the steering group",
    "Reply to a complaint",
    "Job advertisement",
    "Spreadsheet formula",
    "Unit test for the parser",
    "Travel to Lisbon",
    "Press release",
    "Retention periods",
    "Workshop agenda",
    "Error message explained",
    "Literature search",
    "Slide outline",
)
ASSISTANT_IDS = ("asst_K9vQ2mZpYt3RbW8sLx0cFhUe", "asst_Tn4gXa7JdPq6VwEoM1yHiRbS")
MAIL_DOMAINS = (
    "example.com",
    "example.com",
    "example.com",
    "example.org",
    "research.example",
    "plant.example",
)
SIGN_IN_PROVIDERS = ("openid", "openid", "openid", "local", "local", "google")


def mail_name(name: str) -> str:
    """Return a name in the ASCII letters, digits and dots of a plain e-mail address."""
    folded = name.lower().translate({ord("ø"): "o", ord("ł"): "l", ord("'"): None})
    return unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
