"""The names that columns have in other systems, in English and German; the first are the surest."""

# ruff: noqa: E501 - a table of words, read by line

_ADDRESS = {
    "street": "street address adresse strasse streetaddress address1 addressline1 billingstreet billingaddress "
    "mailingstreet anschrift strassehausnummer",
    "postcode": "postcode postalcode zip zipcode plz postleitzahl billingpostalcode billingzip mailingpostalcode",
    "city": "city ort stadt town billingcity mailingcity wohnort",
    "region": "region state province bundesland kanton county billingstate mailingstate stateprovince",
    "country": "country land staat countrycode laendercode billingcountry mailingcountry countryname",
}
_PERSON = {
    "first_name": "firstname vorname givenname forename fname rufname",
    "last_name": "lastname nachname surname familyname familienname lname zuname",
    "title": "jobtitle position funktion title contacttitle rolle stelle berufsbezeichnung",
    "email": "email emailaddress mail emailadresse mailadresse email1 workemail businessemail primaryemail",
    "phone": "phone telefon phonenumber tel telephone telefonnummer rufnummer businessphone workphone homephone "
    "mobile mobilephone handy mobil mobilnummer phone1",
}
_COMPANY = "company companyname firma firmenname unternehmen organisation organization account accountname"
_CUSTOMER = (
    "customer customerid customerkey customername kunde kundenid kundennummer client clientid customernumber"
)
_PEOPLE = "contact contactid contactname contactemail person personid ansprechpartner kontakt"
_ORDER = (
    "order orderid ordernumber orderno auftrag auftragsnummer bestellung bestellnummer invoice invoiceid invoiceno "
    "invoicenumber rechnung rechnungsnummer"
)
_OWNER = "owner ownerid owneremail verantwortlich betreuer accountmanager zustaendig salesrep"
_NOTES = "description notes note notiz notizen bemerkung bemerkungen kommentar comment comments beschreibung"
_CURRENCY = "currency waehrung currencycode currencyisocode"

_TABLES: dict[str, dict[str, str]] = {
    "companies": {
        **_ADDRESS,
        "name": f"{_COMPANY} name kundenname customername customer kunde",
        "external_id": "externalid customerid companyid accountid supplierid shipperid customerkey companykey "
        "kundenid externeid id",
        "number": "number customernumber customerno kundennummer kundennr accountnumber nummer debitorennummer",
        "domain": "domain website webseite homepage url web internet webaddress",
        "email": _PERSON["email"],
        "phone": _PERSON["phone"],
        "industry": "industry branche sector sektor",
        "lifecycle": "lifecycle lifecyclestage",
        "customer_since": "customersince kundeseit since seit",
        "parent_id": "parent parentcompany parentaccount muttergesellschaft konzern",
        "owner_id": _OWNER,
        "description": _NOTES,
        "contact.full_name": "contactname contact contactperson ansprechpartner kontaktperson kontakt",
        "contact.first_name": f"contactfirstname {_PERSON['first_name']}",
        "contact.last_name": f"contactlastname {_PERSON['last_name']}",
        "contact.title": "contacttitle contactposition contactjobtitle",
        "contact.email": "contactemail emailansprechpartner",
        "contact.phone": "contactphone contactmobile telefonansprechpartner",
    },
    "contacts": {
        **_ADDRESS,
        **_PERSON,
        "full_name": "fullname name contactname displayname kontakt contact vollername ansprechpartner",
        "external_id": "externalid contactid customerid customerkey personid employeeid kontaktid kundenid externeid "
        "contactkey id",
        "salutation": "salutation prefix anrede titleofcourtesy nameprefix honorific",
        "company_id": f"{_COMPANY} companyid accountid",
        "birthday": "birthday birthdate dateofbirth dob geburtstag geburtsdatum",
        "gender": "gender sex geschlecht",
        "education": "education educationlevel bildung bildungsstand abschluss",
        "occupation": "occupation beruf profession",
        "income": "income annualincome yearlyincome einkommen jahreseinkommen",
        "income_currency": "incomecurrency",
        "marital_status": "maritalstatus familienstand",
        "children": "children totalchildren numberofchildren kinder anzahlkinder kinderzahl",
        "language": "language sprache preferredlanguage",
        "lifecycle": "lifecycle lifecyclestage",
        "owner_id": _OWNER,
        "description": _NOTES,
    },
    "products": {
        "name": "name productname produkt produktname artikel artikelname bezeichnung product artikelbezeichnung",
        "sku": "sku productsku articlenumber artikelnummer artnr itemnumber stockcode productnumber productcode",
        "external_id": "externalid productid productkey artikelid trackid externeid id",
        "price": "price unitprice productprice listprice preis verkaufspreis einzelpreis listenpreis",
        "currency": _CURRENCY,
        "category": "category kategorie productcategory warengruppe categoryname produktgruppe",
        "unit": "unit einheit quantityperunit verpackungseinheit packsize mengeneinheit",
        "is_active": "active isactive aktiv discontinued inactive inaktiv archived eingestellt",
        "description": f"productdescription {_NOTES}",
    },
    "orders": {
        "number": f"number {_ORDER} belegnummer nummer salesorder salesordernumber",
        "external_id": "externalid externeid id",
        "placed_at": "orderdate placedat placedon invoicedate bestelldatum auftragsdatum rechnungsdatum datum date "
        "purchasedate createdat",
        "company_id": f"companyid {_CUSTOMER} {_COMPANY}",
        "contact_id": f"{_PEOPLE} email emailaddress customeremail {_CUSTOMER}",
        "total": "total ordertotal totalamount amount gesamt gesamtbetrag summe betrag invoicetotal",
        "shipping_cost": "shippingcost freight shipping versandkosten fracht porto",
        "currency": _CURRENCY,
        "required_on": "requiredon",
        "status": "status orderstatus auftragsstatus bestellstatus",
        "ship_to": "shipto shipname lieferadresse shippingaddress lieferanschrift shipaddress",
        "owner_id": _OWNER,
        "description": _NOTES,
        "delivery.promised_on": "requireddate promisedon promiseddate deliverydate duedate liefertermin wunschtermin",
        "delivery.shipped_at": "shippeddate shippedat shipdate versanddatum versendetam",
        "delivery.delivered_at": "deliveredat delivereddate zugestelltam geliefertam",
        "delivery.carrier": "carrier spediteur versanddienst",
        "delivery.tracking": "tracking trackingnumber sendungsnummer trackingcode",
    },
    "order_lines": {
        "order_id": _ORDER,
        "product_id": "product productid productkey productname produkt sku productsku stockcode artikel artikelnummer "
        "artikelid artnr productnumber trackid",
        "quantity": "quantity qty menge anzahl orderquantity stueck stueckzahl",
        "unit_price": "unitprice price preis einzelpreis stueckpreis",
        "discount": "discount rabatt nachlass discountpercent",
        "position": "position pos orderlineitem linenumber lineno zeile positionsnummer",
        "external_id": "externalid lineid invoicelineid orderlineid orderdetailid positionid externeid id",
        "description": f"{_NOTES} text",
    },
    "deals": {
        "name": "name dealname opportunityname opportunity title chance dealtitle bezeichnung",
        "external_id": "externalid dealid opportunityid externeid id",
        "amount": "amount value dealvalue betrag volumen wert dealamount umsatz",
        "currency": _CURRENCY,
        "stage_id": "stage stagename dealstage phase stufe",
        "close_on": "closedate closeon expectedclosedate closingdate abschlussdatum expectedclose",
        "probability": "probability wahrscheinlichkeit",
        "outcome": "outcome ergebnis",
        "outcome_reason": "outcomereason lostreason closedlostreason verlustgrund",
        "next_step": "nextstep naechsterschritt",
        "company_id": f"companyid accountid {_CUSTOMER} {_COMPANY}",
        "contact_id": f"{_PEOPLE} primarycontact",
        "owner_id": _OWNER,
        "description": _NOTES,
    },
    "deliveries": {
        "number": "number deliverynumber lieferscheinnummer lieferschein shipmentnumber deliveryid lieferung",
        "external_id": "externalid shipmentid externeid id",
        "order_id": _ORDER,
        "promised_on": "promisedon promiseddate requireddate deliverydate duedate liefertermin wunschtermin",
        "shipped_at": "shippedat shippeddate shipdate versanddatum",
        "delivered_at": "deliveredat delivereddate zugestelltam geliefertam",
        "status": "status deliverystatus lieferstatus",
        "carrier": "carrier spediteur versanddienst shipvia",
        "tracking": "tracking trackingnumber sendungsnummer",
        "company_id": f"companyid {_CUSTOMER} {_COMPANY}",
        "contact_id": _PEOPLE,
        "owner_id": _OWNER,
        "description": _NOTES,
    },
    "cases": {
        "number": "number casenumber ticketnumber ticket fallnummer nummer caseno",
        "external_id": "externalid caseid ticketid externeid id",
        "subject": "subject betreff title titel",
        "status": "status",
        "priority": "priority prioritaet",
        "company_id": f"companyid {_CUSTOMER} {_COMPANY}",
        "contact_id": f"{_PEOPLE} requester requesteremail email emailaddress",
        "order_id": _ORDER,
        "owner_id": f"{_OWNER} assignee bearbeiter",
        "description": _NOTES,
    },
    "activities": {
        "external_id": "externalid activityid taskid externeid id",
        "type": "type activitytype art typ",
        "subject": "subject betreff title titel aufgabe task",
        "due_at": "dueat duedate due faelligam faellig date datum",
        "done_at": "doneat done completedat completed erledigtam",
        "company_id": f"companyid {_CUSTOMER} {_COMPANY}",
        "contact_id": f"{_PEOPLE} email emailaddress",
        "deal_id": "deal dealid dealname opportunity opportunityid",
        "order_id": _ORDER,
        "owner_id": f"{_OWNER} assignee assignedto",
        "description": _NOTES,
    },
    "incidents": {
        "external_id": "externalid incidentid externeid id",
        "kind": "kind type art",
        "severity": "severity schwere",
        "subject": "subject betreff title titel",
        "cause": "cause ursache rootcause",
        "remedy": "remedy abhilfe loesung resolution",
        "cost": "cost kosten",
        "currency": _CURRENCY,
        "opened_at": "openedat opened date datum",
        "resolved_at": "resolvedat resolved erledigtam closedat",
        "order_id": _ORDER,
        "company_id": f"companyid {_CUSTOMER} {_COMPANY}",
        "contact_id": _PEOPLE,
        "owner_id": _OWNER,
        "description": _NOTES,
    },
}

SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    object_name: {target: tuple(names.split()) for target, names in table.items()}
    for object_name, table in _TABLES.items()
}
# Names that say the opposite of the field they go to.
OPPOSITES = frozenset("discontinued inactive inaktiv archived eingestellt".split())
