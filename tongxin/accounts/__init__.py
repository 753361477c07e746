"""Who logs in. A login is not a resident: `people.Person.user` joins the two where they meet."""
