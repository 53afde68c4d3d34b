"""Given names by culture, the most frequent first (the drawing is skewed to the front)."""

GIVEN_NAMES: dict[str, str] = {
    "german": """Anna Michael Thomas Julia Andreas Sabine Stefan Claudia Peter Susanne Christian Katharina Markus
        Petra Jürgen Monika Alexander Stefanie Wolfgang Nicole Matthias Birgit Jan Melanie Klaus Elisabeth Tobias
        Laura Florian Lena Maximilian Sophie Jörg Johanna Günther Käthe Ulrich Friederike Johannes Hannelore
        Sebastian Franziska Dieter Lukas Theresa Rüdiger Jonas Magdalena""",
    "english": """James Mary Robert Patricia John Jennifer Michael Elizabeth William Susan David Jessica Richard
        Margaret Thomas Sarah Christopher Karen Daniel Katherine Matthew Rebecca Anthony Samantha Andrew Victoria
        Joshua Deborah Edward Abigail Benjamin Charlotte Nicholas Emily Samuel Olivia Gregory Theodore Frederick
        Alice Joseph Grace Timothy Helen Stephen Jacqueline Jonathan Pamela Kenneth Christine""",
    "french": """Marie Jean Nathalie Pierre Isabelle Philippe Sylvie Nicolas Catherine Frédéric Céline Laurent
        Camille Sébastien Hélène François Émilie Guillaume Chloé Jérôme Léa Mathieu Aurélie Benoît Margaux Étienne
        Élodie Thierry Geneviève Olivier Françoise Julien Manon Rémi Gaëlle Stéphane""",
    "spanish": """María Antonio Carmen José Ana Manuel Isabel Francisco Laura Juan Cristina David Marta Javier
        Lucía Carlos Elena Miguel Pilar Jesús Rocío Alejandro Beatriz Rafael Inés Fernando Mónica Sergio Nuria
        Álvaro Concepción Andrés Dolores Ramón Sofía Gonzalo""",
    "italian": """Giuseppe Maria Marco Anna Giovanni Francesca Luca Chiara Alessandro Giulia Andrea Sara Matteo
        Elena Francesco Valentina Lorenzo Paola Davide Federica Antonio Silvia Stefano Martina Roberto Elisa Simone
        Caterina Riccardo Niccolò Vincenzo Rosa Salvatore Ilaria Fabrizio Alessia""",
    "dutch": """Jan Maria Johannes Anna Pieter Johanna Willem Sanne Cornelis Femke Hendrik Lotte Daan Lieke Bram
        Anouk Sander Marieke Jeroen Wouter Esther Thijs Fleur Maarten Saskia Joost Ingrid Ruben Noor Geert Tineke
        Koen Katrien Bart Griet Joris""",
    "nordic": """Anna Lars Maria Erik Karin Anders Kristina Johan Eva Per Emma Nils Sofie Mikael Ingrid Søren
        Birgitta Jens Astrid Mads Freja Gustav Linnea Åke Maja Björn Signe Håkan Elin Rasmus Märta Henrik Kirsten
        Göran Ulla Frederik""",
    "finnish": """Juhani Maria Johannes Helena Mikael Anneli Matti Kaarina Timo Johanna Antti Päivi Jukka Tuula
        Mika Riitta Ville Hanna Sami Kirsi Heikki Sari Jari Minna Pekka Aino Väinö Satu Eero Leena""",
    "polish": """Anna Piotr Katarzyna Krzysztof Małgorzata Andrzej Agnieszka Tomasz Barbara Paweł Ewa Michał
        Magdalena Marcin Elżbieta Jakub Joanna Łukasz Aleksandra Grzegorz Zofia Wojciech Monika Mateusz Dorota
        Stanisław Julia Zbigniew Beata Rafał Bożena Sławomir Wiesława Przemysław""",
    "turkish": """Mehmet Fatma Mustafa Ayşe Ahmet Emine Ali Hatice Hüseyin Zeynep Hasan Elif İbrahim Meryem Murat
        Özlem Emre Selin Burak Gülşen Yusuf Merve Ömer Büşra Kemal Şule Cem Dilek Serkan Çiğdem""",
    "arabic": """Mohammed Fatima Ahmed Aisha Ali Mariam Omar Layla Youssef Khadija Hassan Zainab Ibrahim Noor
        Khalid Amina Abdullah Salma Karim Rania Tariq Huda Samir Yasmin Mahmoud Leila Bilal Samira Rashid Nadia""",
    "indian": """Rahul Priya Amit Anjali Rajesh Sunita Vikram Pooja Sanjay Kavita Arjun Neha Suresh Lakshmi Anil
        Deepika Ravi Meera Arun Divya Vijay Shreya Manoj Nisha Karthik Ananya Rohan Swati Harish Gurpreet Farhan
        Asha""",
    "chinese": """Wei Li Jun Fang Jing Ming Yan Lei Xin Hui Hong Ying Tao Min Bo Mei Jie Ling Chao Xia Peng Yu
        Qiang Na Hao Juan Dong Rui Zhen Yun""",
    "vietnamese": """Minh Linh Anh Huong Tuan Thao Hung Lan Dung Mai Duc Trang Nam Hoa Quang Ngoc Long Thuy Khanh
        Phuong Son Yen Bao Hanh""",
    "slavic": """Aleksandr Elena Sergey Olga Dmitry Tatiana Andrey Natalia Ivan Irina Mikhail Svetlana Vladimir
        Ekaterina Nikolay Anna Alexey Maria Oleksandr Oksana Yuriy Ludmila Pavel Galina Viktor Anastasia Bogdan
        Vera Maksim Daria""",
    "greek": """Georgios Maria Dimitrios Eleni Konstantinos Aikaterini Ioannis Vasiliki Nikolaos Sofia Christos
        Georgia Panagiotis Angeliki Vasileios Dimitra Athanasios Anna Spyridon Ioanna Michail Despina""",
    "portuguese": """Maria João Ana José Mariana Pedro Inês Luís Catarina António Beatriz Paulo Sofia Rui Joana
        Gonçalo Teresa Tiago Helena Nuno Margarida André Conceição Fábio Lúcia Sérgio""",
    "african": """Emeka Ngozi Chinedu Amara Kwame Akosua Kofi Ama Tunde Folake Oluwaseun Adaeze Sipho Thandi
        Themba Nomsa Kamau Wanjiru Otieno Achieng Abdoulaye Aminata Mamadou Fatou Ousmane Awa""",
}

# One written form in the name's own script, as a form in that language brings it.
NATIVE_GIVEN: dict[str, str] = {
    "Aleksandr": "Александр",
    "Elena": "Елена",
    "Sergey": "Сергей",
    "Olga": "Ольга",
    "Dmitry": "Дмитрий",
    "Tatiana": "Татьяна",
    "Andrey": "Андрей",
    "Natalia": "Наталия",
    "Ivan": "Иван",
    "Irina": "Ирина",
    "Mikhail": "Михаил",
    "Svetlana": "Светлана",
    "Vladimir": "Владимир",
    "Ekaterina": "Екатерина",
    "Georgios": "Γεώργιος",
    "Dimitrios": "Δημήτριος",
    "Eleni": "Ελένη",
    "Konstantinos": "Κωνσταντίνος",
    "Ioannis": "Ιωάννης",
    "Nikolaos": "Νικόλαος",
    "Christos": "Χρήστος",
    "Sofia": "Σοφία",
    "Vasiliki": "Βασιλική",
}

NATIVE_FAMILY: dict[str, str] = {
    "Ivanov": "Иванов",
    "Petrov": "Петров",
    "Smirnov": "Смирнов",
    "Kuznetsov": "Кузнецов",
    "Popov": "Попов",
    "Volkov": "Волков",
    "Sokolov": "Соколов",
    "Morozov": "Морозов",
    "Novikov": "Новиков",
    "Kovalenko": "Коваленко",
    "Shevchenko": "Шевченко",
    "Bondarenko": "Бондаренко",
    "Papadopoulos": "Παπαδόπουλος",
    "Georgiou": "Γεωργίου",
    "Dimitriou": "Δημητρίου",
    "Nikolaidis": "Νικολαΐδης",
    "Ioannidis": "Ιωαννίδης",
    "Konstantinou": "Κωνσταντίνου",
    "Makris": "Μακρής",
    "Angelopoulos": "Αγγελόπουλος",
}
