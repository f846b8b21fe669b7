"""Made-up names for the samples: nobody in here exists, every domain is reserved for examples (RFC 2606)."""

# Name, city, country, industry; the first six have a story of their own (see `stories`).
COMPANIES = (
    ("Hartmann Maschinenbau", "Kassel", "DE", "Mechanical engineering"),
    ("Brückner Anlagenbau", "Stuttgart", "DE", "Plant engineering"),
    ("Havelländer Feinkost", "Potsdam", "DE", "Food"),
    ("Quaylink Logistics", "Bristol", "GB", "Logistics"),
    ("Cordes & Söhne", "Bremen", "DE", "Shipbuilding"),
    ("Ashdown Foods", "Leeds", "GB", "Food"),
    ("Alpenquell Getränke", "Salzburg", "AT", "Beverages"),
    ("Bergfried Brauerei", "Bamberg", "DE", "Beverages"),
    ("Blaustern Pharma", "Basel", "CH", "Pharmaceuticals"),
    ("Castleford Ceramics", "Stoke-on-Trent", "GB", "Ceramics"),
    ("Dornbach Papier", "Graz", "AT", "Paper"),
    ("Eiderland Molkerei", "Husum", "DE", "Dairy"),
    ("Elbufer Chemie", "Magdeburg", "DE", "Chemicals"),
    ("Fairbourne Textiles", "Manchester", "GB", "Textiles"),
    ("Falkensee Optik", "Jena", "DE", "Optics"),
    ("Grünwald Kosmetik", "München", "DE", "Cosmetics"),
    ("Harzer Kupferhütte", "Goslar", "DE", "Metals"),
    ("Iltal Holzwerke", "Passau", "DE", "Timber"),
    ("Juniper & Vale", "Edinburgh", "GB", "Beverages"),
    ("Karstein Zement", "Linz", "AT", "Building materials"),
    ("Küstenkraft Energie", "Rostock", "DE", "Energy"),
    ("Lindenhof Saaten", "Münster", "DE", "Agriculture"),
    ("Loxley Instruments", "Sheffield", "GB", "Instruments"),
    ("Mühlbach Backwaren", "Ulm", "DE", "Food"),
    ("Nebelhorn Sport", "Kempten", "DE", "Sporting goods"),
    ("Oberland Käserei", "Luzern", "CH", "Dairy"),
    ("Osterfeld Druck", "Leipzig", "DE", "Printing"),
    ("Pennard Water", "Cardiff", "GB", "Water"),
    ("Rheintal Verpackung", "Köln", "DE", "Packaging"),
    ("Rossbrook Dairies", "Dublin", "IE", "Dairy"),
    ("Saalequell Bäder", "Halle", "DE", "Leisure"),
    ("Schwanewede Lacke", "Oldenburg", "DE", "Coatings"),
    ("Silberbach Galvanik", "Chemnitz", "DE", "Metals"),
    ("Tannberg Medizintechnik", "Tuttlingen", "DE", "Medical devices"),
    ("Thornhill Farms", "Norwich", "GB", "Agriculture"),
    ("Uferweg Wäscherei", "Konstanz", "DE", "Laundry"),
    ("Vossberg Glas", "Bielefeld", "DE", "Glass"),
    ("Weserland Fisch", "Bremerhaven", "DE", "Food"),
    ("Yarrow Biotech", "Cambridge", "GB", "Biotechnology"),
    ("Zellbach Papierwerke", "Wels", "AT", "Paper"),
)

FIRST_NAMES = {
    "de": (
        "Anja Bernd Carola Dirk Elif Florian Greta Hannes Ines Jochen Katrin Levin Mareike Nils Olga Petra"
        " Ralf Sabine Till Ute Volker Wiebke Yasmin Zeynep"
    ).split(),
    "en": (
        "Alice Brendan Chloe Declan Esme Fergus Grace Harvey Imogen Jack Kirsty Liam Maeve Nathan Olivia"
        " Priya Rory Sinead Theo Una Violet Wesley"
    ).split(),
}
LAST_NAMES = {
    "de": (
        "Ahlers Bracht Claasen Dierks Ehlers Fenske Gerdes Hinrichs Ippen Jessen Kröger Lüders Möhring"
        " Niehaus Ostermann Pohl Rickert Stührmann Thoms Ulrichs Vahldiek Wessels Zabel"
    ).split(),
    "en": (
        "Abbott Barlow Cresswell Dunmore Elsworth Farrow Gilroy Hadley Ingham Kershaw Lockwood Mercer"
        " Norcott Oakes Penrose Quigley Rudd Stanway Tindall Whitlock Yardley"
    ).split(),
}
TITLES = (
    "Head of purchasing",
    "Maintenance",
    "Production manager",
    "Managing director",
    "Quality",
    "Logistics",
)
STREETS = {"de": ("Hafenstraße", "Mühlenweg", "Am Anger", "Lindenallee"), "en": ("Mill Lane", "Dock Road")}

# Name, article number, category, price in EUR.
PRODUCTS = (
    ("Dosing pump 12 V", "DP-12", "Pumps", "389.00"),
    ("Dosing pump 24 V", "DP-24", "Pumps", "429.00"),
    ("Gear pump GP 40", "GP-40", "Pumps", "1180.00"),
    ("Diaphragm pump DM 6", "DM-6", "Pumps", "745.00"),
    ("Seal kit A", "SK-A", "Spare parts", "38.50"),
    ("Seal kit B", "SK-B", "Spare parts", "44.90"),
    ("Check valve 1/2 inch", "CV-12", "Valves", "27.80"),
    ("Check valve 1 inch", "CV-25", "Valves", "46.20"),
    ("Ball valve DN 25", "BV-25", "Valves", "88.00"),
    ("Ball valve DN 50", "BV-50", "Valves", "142.00"),
    ("Control valve with actuator", "CA-10", "Valves", "960.00"),
    ("Pressure sensor 0-10 bar", "PS-10", "Sensors", "164.00"),
    ("Flow meter FM 3", "FM-3", "Sensors", "512.00"),
    ("Level switch", "LS-1", "Sensors", "73.50"),
    ("Control unit CU 8", "CU-8", "Controls", "1340.00"),
    ("Filter cartridge, box of 10", "FC-10", "Consumables", "59.00"),
    ("Hose 10 m", "HO-10", "Consumables", "81.00"),
    ("Maintenance visit", "MV-1", "Services", "420.00"),
)
CARRIERS = ("DHL Freight", "DB Schenker", "DPD", "GLS")
DEALS = (
    "Line 4 retrofit",
    "Pump station, second stage",
    "Spare parts contract",
    "Filter supply, one year",
    "Dosing skid",
    "Sensor upgrade",
    "Maintenance contract",
    "New filling line",
)
CAUSES = ("Carrier lost the scan", "Supplier delivered late", "Picking error", "Damaged in transit")
REMEDIES = ("Sent again by express", "Replaced free of charge", "Credit note", "Technician on site")
TALKS = (
    ("call", "Called about the delivery dates"),
    ("call", "Asked about spare parts"),
    ("meeting", "Visit on site"),
    ("meeting", "Review of the year"),
    ("note", "Prefers deliveries before noon"),
    ("note", "New budget from January on"),
)
