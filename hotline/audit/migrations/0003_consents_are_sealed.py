from django.db import migrations

STAMP = """
CREATE TRIGGER cases_consent_is_recorded BEFORE INSERT ON cases_consent
    FOR EACH ROW EXECUTE FUNCTION audit_recorded();
"""
UNDO = "DROP TRIGGER cases_consent_is_recorded ON cases_consent;"


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_seals"),
        ("cases", "0018_consents"),
    ]

    operations = [migrations.RunSQL(STAMP, UNDO)]
