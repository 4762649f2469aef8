from django.db import migrations

# What the petition office did and noted: stamped, only added to, its words erased as the law has it.
DO = """
CREATE TRIGGER cases_petitionentry_is_recorded BEFORE INSERT ON cases_petitionentry
    FOR EACH ROW EXECUTE FUNCTION audit_recorded();
CREATE TRIGGER cases_petitionentry_is_final BEFORE UPDATE OR DELETE ON cases_petitionentry
    FOR EACH ROW EXECUTE FUNCTION audit_only_erased('text');
"""
UNDO = """
DROP TRIGGER cases_petitionentry_is_final ON cases_petitionentry;
DROP TRIGGER cases_petitionentry_is_recorded ON cases_petitionentry;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_erasures"),
        ("cases", "0023_petition_entries_are_recorded"),
    ]

    operations = [migrations.RunSQL(DO, UNDO)]
